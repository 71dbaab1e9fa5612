# expect: L2.BRIDGE_DOWN
ip link set "$BR1" down
