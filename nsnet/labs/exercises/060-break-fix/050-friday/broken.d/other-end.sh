# expect: MTU.BLACKHOLE
# after: solution
ip -n app link set eth0 mtu 1500
ip link set veth-app mtu 1400
