# One table, one map for both hooks, the whole loopback network as a set of its own.
nft -f - <<RULES
table ip lab {
    map ports { type ipv4_addr . inet_service : ipv4_addr . inet_service
                elements = { $HOST . $OPEN : $C1 . 80, 127.0.0.1 . $OPEN : $C1 . 80, 127.0.0.1 . $CLOSED : $C1 . 80 } }
    chain early { type filter hook prerouting priority raw; iif != lo ip daddr 127.0.0.0/8 counter drop; }
    chain in { type nat hook prerouting priority -101; dnat to ip daddr . tcp dport map @ports; }
    chain out { type nat hook output priority -101; dnat to ip daddr . tcp dport map @ports; }
    chain post { type nat hook postrouting priority srcnat; oifname wan0 ip saddr $NET masquerade; oifname br0 fib saddr type local masquerade; }
}
RULES
sysctl -w net.ipv4.conf.br0.route_localnet=1 net.ipv4.conf.br0.forwarding=1 net.ipv4.conf.wan0.forwarding=1
