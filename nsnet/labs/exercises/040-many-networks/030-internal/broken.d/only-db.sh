# expect: FLT.ROUTE_ONLY
# until: nft -f -
iptables -A FORWARD -s "$DB" -j DROP
iptables -A FORWARD -d "$DB" -j DROP
