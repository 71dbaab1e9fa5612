# expect: FLT.OPEN
# needs: /proc/sys/net/bridge
sysctl -w net.bridge.bridge-nf-call-iptables=1
