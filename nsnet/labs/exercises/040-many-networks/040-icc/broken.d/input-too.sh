# expect: FLT.GATEWAY_DEAD
# needs: iptables
iptables -A INPUT -i "$BR" -j DROP
iptables -A FORWARD -i "$BR" -o "$BR" -j DROP
