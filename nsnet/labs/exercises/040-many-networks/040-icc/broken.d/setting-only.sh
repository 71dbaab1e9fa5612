# expect: FLT.OPEN
sysctl -w net.bridge.bridge-nf-call-iptables=1
