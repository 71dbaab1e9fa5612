# expect: NAT.ALL_ADDRESSES
# after: solution
nft add rule ip docker incoming fib daddr type local tcp dport "$CLOSED" dnat to "$C1:80"
