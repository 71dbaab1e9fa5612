# expect: FLT.BRIDGED_BYPASS
iptables -I FORWARD -i "$BR" -o "$BR" -j DROP
