# expect: NAT.NO_DNAT
# redirect is a dnat to the host itself: it leads to no container.
nft add table ip mine
nft add chain ip mine in '{ type nat hook prerouting priority -100; }'
nft add rule ip mine in ip daddr 203.0.113.2 tcp dport "$PORT" redirect to ":$INNER"
