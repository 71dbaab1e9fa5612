# expect: FLT.ROUTE_ONLY
# until: nft -f -
# needs: iptables
iptables -A FORWARD -s "$DB" -j DROP
iptables -A FORWARD -d "$DB" -j DROP
