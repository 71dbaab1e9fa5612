# expect: FLT.NO_ESTABLISHED
# needs: iptables
# Containers may begin, but the world may not answer.
iptables -P FORWARD DROP
iptables -A FORWARD -i br0 -j ACCEPT
iptables -A FORWARD -o br0 -d "$C1" -p tcp --dport 80 -j ACCEPT
