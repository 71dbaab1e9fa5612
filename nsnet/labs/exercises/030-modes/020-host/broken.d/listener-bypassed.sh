# expect: ANSWER.STRANGER
# after: solution
nft add table ip shop
nft 'add chain ip shop coming { type nat hook prerouting priority -100; }'
nft add rule ip shop coming tcp dport "$API" dnat to "$C1:$WEB"
