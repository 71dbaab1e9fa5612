# expect: L3.FORWARD_OFF
sysctl -w net.ipv4.ip_forward=0
