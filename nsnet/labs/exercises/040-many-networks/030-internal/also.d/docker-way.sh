# In the manner of Docker: by the network's addresses, with iptables.
# needs: iptables
ip -n app route flush exact default
ip -n db route flush exact default
iptables -N INTERNAL
iptables -A INTERNAL ! -s "$NET" -o "$BACKBR" -j DROP
iptables -A INTERNAL ! -d "$NET" -i "$BACKBR" -j DROP
iptables -I FORWARD -j INTERNAL
