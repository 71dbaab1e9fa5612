# expect: FLT.OPEN
# needs: iptables
for protocol in tcp icmp; do
    iptables -A FORWARD -p $protocol -i "$BR0" -o "$BR1" -j DROP
    iptables -A FORWARD -p $protocol -i "$BR1" -o "$BR0" -j DROP
done
