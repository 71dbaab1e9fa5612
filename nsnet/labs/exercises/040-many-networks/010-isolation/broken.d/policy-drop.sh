# expect: FLT.TOO_WIDE
nft add table ip mine
nft 'add chain ip mine passing { type filter hook forward priority 0; policy drop; }'
