# expect: FLT.ONE_WAY
# needs: iptables
iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A FORWARD -i "$BR1" -o "$BR0" -j DROP
