# expect: MTU.BLACKHOLE
ip link set veth-c1 mtu "$_WIDTH"
ip link set veth-c2 mtu "$_WIDTH"
