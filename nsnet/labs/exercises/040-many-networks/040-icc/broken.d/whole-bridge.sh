# expect: FLT.TOO_WIDE
# needs: /proc/sys/net/bridge iptables
sysctl -w net.bridge.bridge-nf-call-iptables=1
iptables -I FORWARD -i "$BR" -j DROP
