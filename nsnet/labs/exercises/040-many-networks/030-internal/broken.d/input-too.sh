# expect: FLT.GATEWAY_DEAD
ip -n db route delete default
ip -n app route delete default
iptables -A FORWARD -i "$BACKBR" -j DROP
iptables -A FORWARD -o "$BACKBR" -j DROP
iptables -A INPUT -i "$BACKBR" -j DROP
