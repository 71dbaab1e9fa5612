# expect: FLT.ROUTE_ONLY
ip -n db route delete default
ip -n app route delete default
iptables -A FORWARD -s "$DB" -j DROP
iptables -A FORWARD -d "$DB" -j DROP
