# expect: NAT.OTHER_PORTS
# needs: iptables
# The whole machine is handed over.
iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp -j DNAT --to-destination "$C1:$INNER"
