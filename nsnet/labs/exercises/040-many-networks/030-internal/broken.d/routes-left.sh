# expect: L3.DEFAULT_LEFT
# needs: iptables
iptables -A FORWARD -i "$BACKBR" ! -o "$BACKBR" -j DROP
iptables -A FORWARD ! -i "$BACKBR" -o "$BACKBR" -j DROP
