# expect: FLT.BRIDGED_BYPASS
nft add table ip mine
nft 'add chain ip mine passing { type filter hook forward priority 0; }'
nft add rule ip mine passing ip saddr "$NET" ip daddr "$NET" counter drop
