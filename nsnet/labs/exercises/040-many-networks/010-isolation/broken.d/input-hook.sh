# expect: FLT.OPEN
nft add table ip mine
nft 'add chain ip mine coming { type filter hook input priority 0; }'
nft add rule ip mine coming iifname "$BR0" oifname "$BR1" drop
nft add rule ip mine coming iifname "$BR1" ip daddr "$C1" drop
