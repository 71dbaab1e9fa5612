# expect: FLT.ROUTE_ONLY
ip -n db route delete default
ip -n app route delete default
iptables -A FORWARD -i "$BACKBR" -o wan0 -j DROP
iptables -A FORWARD -i wan0 -o "$BACKBR" -j DROP
