# In the manner of Docker: bridged frames are sent through the ip hooks, and a rule drops them there.
# needs: /proc/sys/net/bridge iptables
sysctl -w net.bridge.bridge-nf-call-iptables=1
iptables -I FORWARD -i "$BR" -o "$BR" -j DROP
