# expect: NAT.MASQ_TOO_WIDE
# needs: iptables
# A howto says that masquerade belongs to it: now c1 sees the gateway.
iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport "$PORT" -j DNAT --to-destination "$C1:$INNER"
iptables -t nat -A POSTROUTING -d "$C1" -p tcp --dport "$INNER" -j MASQUERADE
