# expect: FLT.ONE_WAY
# until: nft -f -
iptables -A FORWARD -i "$BACKBR" ! -o "$BACKBR" -j DROP
