# expect: NAT.NO_DNAT
# needs: iptables
# -p INNER:PORT instead of -p PORT:INNER.
iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport "$INNER" -j DNAT --to-destination "$C1:$PORT"
