# expect: NAT.NO_DNAT
# needs: iptables
# Opening a port in the firewall publishes nothing.
iptables -A INPUT -p tcp --dport "$PORT" -j ACCEPT
iptables -A FORWARD -p tcp --dport "$INNER" -j ACCEPT
