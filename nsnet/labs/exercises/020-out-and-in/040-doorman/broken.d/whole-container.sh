# expect: FLT.OPEN
# needs: iptables
# All of c1, not just its published port.
iptables -P FORWARD DROP
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i br0 -j ACCEPT
iptables -A FORWARD -d "$C1" -j ACCEPT
