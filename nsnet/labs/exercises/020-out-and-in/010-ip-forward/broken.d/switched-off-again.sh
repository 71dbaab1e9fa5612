# expect: L3.FORWARD_OFF
# after: solution
# As a file in /etc/sysctl.d does with the next "sysctl --system".
sysctl -w net.ipv4.ip_forward=0
