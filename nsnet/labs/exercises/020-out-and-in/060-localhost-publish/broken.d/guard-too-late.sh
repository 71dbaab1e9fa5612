# expect: SEC.REMOTE_LOOPBACK
sysctl -w net.ipv4.ip_forward=1
nft -f - <<'RULES'
table ip docker {
  chain guard { type filter hook prerouting priority -300; }
  chain incoming { type nat hook prerouting priority -100; }
  chain own { type nat hook output priority -100; }
  chain leaving { type nat hook postrouting priority 100; }
}
RULES
# The port is named together with 127.0.0.1, but in prerouting: only forged packets ever match.
nft add rule ip docker leaving ip saddr "$NET" oifname != br0 masquerade
nft add rule ip docker leaving ip saddr 127.0.0.0/8 oifname br0 masquerade
nft add rule ip docker incoming fib daddr type local tcp dport "$OPEN" dnat to "$C1:80"
nft add rule ip docker incoming ip daddr 127.0.0.1 tcp dport "$CLOSED" dnat to "$C1:80"
nft add rule ip docker own ip daddr 127.0.0.1 tcp dport { "$OPEN", "$CLOSED" } dnat to "$C1:80"
nft add chain ip docker input { type filter hook input priority 0 \; }
nft add rule ip docker input iifname br0 ip daddr 127.0.0.0/8 ct state new drop
sysctl -w net.ipv4.conf.br0.route_localnet=1
