# expect: MTU.BLACKHOLE
ip -n c1 link set eth0 mtu "$_WIDTH"
