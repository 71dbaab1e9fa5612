# expect: FLT.OPEN
nft add table ip mine
nft 'add chain ip mine passing { type filter hook forward priority -1; }'
nft add rule ip mine passing iifname "$BR0" oifname "$BR1" ip protocol icmp drop
nft add rule ip mine passing iifname "$BR1" oifname "$BR0" ip protocol icmp drop
