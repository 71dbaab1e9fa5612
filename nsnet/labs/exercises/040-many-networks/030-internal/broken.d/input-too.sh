# expect: FLT.GATEWAY_DEAD
# until: nft -f -
# needs: iptables
iptables -A FORWARD -i "$BACKBR" -j DROP
iptables -A FORWARD -o "$BACKBR" -j DROP
iptables -A INPUT -i "$BACKBR" -j DROP
