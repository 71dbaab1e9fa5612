# expect: FLT.TOO_WIDE
# needs: /proc/sys/net/bridge iptables
sysctl -w net.bridge.bridge-nf-call-iptables=1
iptables -P FORWARD DROP
iptables -A FORWARD -i "$BR" ! -o "$BR" -j ACCEPT
iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
