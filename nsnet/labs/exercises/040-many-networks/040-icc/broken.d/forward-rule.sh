# expect: FLT.BRIDGED_BYPASS
# needs: iptables
iptables -I FORWARD -i "$BR" -o "$BR" -j DROP
