# expect: NAT.OUTPUT_HOOK
# until: fib daddr
nft add rule ip docker incoming tcp dport "$OPEN" dnat to "$C1:80"
nft add rule ip docker incoming ip daddr 127.0.0.1 tcp dport "$CLOSED" dnat to "$C1:80"
sysctl -w net.ipv4.conf.br0.route_localnet=1
