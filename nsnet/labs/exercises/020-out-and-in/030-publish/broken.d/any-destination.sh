# expect: NAT.DNAT_TOO_WIDE
# instead of: fib daddr
# A port, but whose? c2's calls to others are taken as well.
nft add rule ip mine in tcp dport "$PORT" dnat to "$C1:$INNER"
