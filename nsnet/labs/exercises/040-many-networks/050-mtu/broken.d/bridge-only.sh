# expect: MTU.BLACKHOLE
ip link set br0 mtu "$_WIDTH"
