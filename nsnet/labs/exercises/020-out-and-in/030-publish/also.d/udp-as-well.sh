# tcp and udp at once: it passes, with a remark.
nft add table ip nat
nft add chain ip nat PREROUTING '{ type nat hook prerouting priority -100; }'
nft add rule ip nat PREROUTING ip daddr 203.0.113.2 meta l4proto '{ tcp, udp }' th dport "$PORT" dnat to "$C1:$INNER"
