# expect: L2.OTHER_BRIDGE
# after: solution
ip link add other type bridge
ip link set other up
ip link set veth-c master other
