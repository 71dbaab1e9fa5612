# In the manner of Docker: its chain, its order, with iptables.
# needs: iptables
iptables -N DOCKER
iptables -A FORWARD -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -o br0 -j DOCKER
iptables -A FORWARD -i br0 ! -o br0 -j ACCEPT
iptables -A FORWARD -i br0 -o br0 -j ACCEPT
iptables -A DOCKER -d "$C1" ! -i br0 -o br0 -p tcp -m tcp --dport 80 -j ACCEPT
iptables -P FORWARD DROP
