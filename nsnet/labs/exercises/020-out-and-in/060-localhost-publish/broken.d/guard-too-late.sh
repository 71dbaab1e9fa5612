# expect: SEC.REMOTE_LOOPBACK
# instead of: guard iifname
# The port is named together with 127.0.0.1, but in prerouting: only forged packets ever match.
nft add rule ip docker incoming ip daddr 127.0.0.1 tcp dport "$CLOSED" dnat to "$C1:80"
nft add chain ip docker input { type filter hook input priority 0 \; }
nft add rule ip docker input iifname br0 ip daddr 127.0.0.0/8 ct state new drop
