# In the manner of Docker: two stages, with iptables.
# needs: iptables
iptables -N STAGE-1
iptables -N STAGE-2
iptables -A STAGE-1 -i "$BR0" ! -o "$BR0" -j STAGE-2
iptables -A STAGE-1 -i "$BR1" ! -o "$BR1" -j STAGE-2
iptables -A STAGE-2 -o "$BR0" -j DROP
iptables -A STAGE-2 -o "$BR1" -j DROP
iptables -I FORWARD -j STAGE-1
