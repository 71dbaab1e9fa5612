# expect: MTU.BLACKHOLE
ip link set veth-c1 mtu "$WIDTH"
ip link set veth-c2 mtu "$WIDTH"
