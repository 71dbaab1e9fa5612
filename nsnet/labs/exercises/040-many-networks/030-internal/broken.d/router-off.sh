# expect: L3.FORWARD_OFF
ip -n db route delete default
ip -n app route delete default
sysctl -w net.ipv4.ip_forward=0
