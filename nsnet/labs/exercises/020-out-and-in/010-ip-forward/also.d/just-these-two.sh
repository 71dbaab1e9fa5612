# A careful one: a router between these two interfaces alone; ip_forward itself stays 0.
sysctl -w net.ipv4.conf.br0.forwarding=1 net.ipv4.conf.wan0.forwarding=1
