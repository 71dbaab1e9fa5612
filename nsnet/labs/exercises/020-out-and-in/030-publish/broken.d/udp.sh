# expect: NAT.NO_DNAT
# needs: iptables
# The wrong protocol.
iptables -t nat -A PREROUTING -d 203.0.113.2 -p udp --dport "$PORT" -j DNAT --to-destination "$C1:$INNER"
