# expect: FLT.ONE_WAY
# until: nft -f -
# needs: iptables
iptables -A FORWARD -i "$BACKBR" ! -o "$BACKBR" -j DROP
