# expect: FLT.ROUTE_ONLY
# until: nft -f -
# needs: iptables
iptables -A FORWARD -i "$BACKBR" -o wan0 -j DROP
iptables -A FORWARD -i wan0 -o "$BACKBR" -j DROP
