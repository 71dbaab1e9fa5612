# expect: L2.BRIDGE_DOWN
# after: solution
ip link set br0 down
