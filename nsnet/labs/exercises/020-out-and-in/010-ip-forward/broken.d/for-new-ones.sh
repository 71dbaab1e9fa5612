# expect: L3.FORWARD_OFF
# "default" is for interfaces that are made later.
sysctl -w net.ipv4.conf.default.forwarding=1
