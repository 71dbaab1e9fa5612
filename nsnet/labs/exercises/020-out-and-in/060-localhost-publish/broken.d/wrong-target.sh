# expect: NAT.DNAT_REFUSED
# needs: iptables
sysctl -w net.ipv4.ip_forward=1
iptables -t nat -A POSTROUTING -s "$NET" ! -o br0 -j MASQUERADE
iptables -t nat -A PREROUTING -p tcp --dport "$OPEN" -j DNAT --to-destination "$C1"
