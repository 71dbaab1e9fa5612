# expect: FLT.OPEN
# needs: iptables
# What is for others does not come by the input hook.
iptables -P INPUT DROP
iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -i br0 -j ACCEPT
iptables -A INPUT -p icmp -j ACCEPT
