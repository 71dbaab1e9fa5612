# expect: NAT.NO_DNAT
# instead of: fib daddr
# redirect is a dnat to the host itself: it leads to no container.
nft add rule ip mine in ip daddr 203.0.113.2 tcp dport "$PORT" redirect to ":$INNER"
