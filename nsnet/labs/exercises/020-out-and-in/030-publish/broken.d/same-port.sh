# expect: NAT.DNAT_REFUSED
# instead of: fib daddr
# Without a port behind the address, it stays what it was: nobody listens there in c1.
nft add rule ip mine in ip daddr 203.0.113.2 tcp dport "$PORT" dnat to "$C1"
