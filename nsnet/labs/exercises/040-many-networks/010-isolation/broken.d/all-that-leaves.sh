# expect: FLT.TOO_WIDE
# needs: iptables
iptables -A FORWARD -i "$BR0" ! -o "$BR0" -j DROP
iptables -A FORWARD -i "$BR1" ! -o "$BR1" -j DROP
