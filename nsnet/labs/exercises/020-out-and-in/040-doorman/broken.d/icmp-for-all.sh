# expect: FLT.OPEN
# needs: iptables
iptables -P FORWARD DROP
iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A FORWARD -i br0 -j ACCEPT
iptables -A FORWARD -d "$C1" -p tcp --dport 80 -j ACCEPT
iptables -A FORWARD -p icmp -j ACCEPT
