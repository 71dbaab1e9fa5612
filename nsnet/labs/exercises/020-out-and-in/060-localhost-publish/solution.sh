# The host passes on what is not for itself.
# without: L3.FORWARD_OFF
sysctl -w net.ipv4.ip_forward=1
# Places for the rules: what comes in, what the host itself sends, what leaves; and a guard before all.
# without: NAT.NO_MASQ
nft -f - <<'RULES'
table ip docker {
  chain guard { type filter hook prerouting priority -300; }
  chain incoming { type nat hook prerouting priority -100; }
  chain own { type nat hook output priority -100; }
  chain leaving { type nat hook postrouting priority 100; }
}
RULES
# What leaves the network goes out under the host's address.
# without: NAT.NO_MASQ
nft add rule ip docker leaving ip saddr "$NET" oifname != br0 masquerade
# The public port, for callers from outside.
# without: NAT.OTHER_ADDRESS
nft add rule ip docker incoming fib daddr type local tcp dport "$OPEN" dnat to "$C1:80"
# The same for the host itself: its packets begin in the output hook.
# without: NAT.OUTPUT_HOOK
nft add rule ip docker own ip daddr 127.0.0.1 tcp dport "$OPEN" dnat to "$C1:80"
# The private port: in the output hook alone, where nobody else's packets come by.
# without: NAT.NO_DNAT
nft add rule ip docker own ip daddr 127.0.0.1 tcp dport "$CLOSED" dnat to "$C1:80"
# A packet with the source 127.0.0.1 may leave by the bridge,
# without: SYSCTL.ROUTE_LOCALNET
sysctl -w net.ipv4.conf.br0.route_localnet=1
# but as somebody whom c1 can answer.
# without: NAT.LOCAL_SRC
nft add rule ip docker leaving ip saddr 127.0.0.0/8 oifname br0 masquerade
# Since the setting works in both directions: nothing for 127.0.0.0/8 comes in by a wire.
# without: SEC.REMOTE_LOOPBACK
nft add rule ip docker guard iifname != lo ip daddr 127.0.0.0/8 drop
