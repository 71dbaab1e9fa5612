# expect: FLT.PRE_DNAT_PORT
# needs: iptables
# The same with iptables.
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i br0 -j ACCEPT
iptables -A FORWARD -o br0 -p tcp --dport "$PORT" -j ACCEPT
iptables -P FORWARD DROP
