# expect: L3.FORWARD_OFF
# What comes in by br0 is passed on, the answer comes in by wan0.
sysctl -w net.ipv4.conf.br0.forwarding=1
