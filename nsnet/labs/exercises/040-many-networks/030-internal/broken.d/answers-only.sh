# expect: FLT.ONE_WAY
ip -n db route delete default
ip -n app route delete default
iptables -A FORWARD ! -i "$BACKBR" -o "$BACKBR" -j DROP
