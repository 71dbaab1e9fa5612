# expect: L2.OTHER_BRIDGE
# after: solution
ip link add other type bridge
ip link set other up
ip link set veth-c master other
ip link add join0 type veth peer name join1
ip link set join0 master "$BRIDGE" up
ip link set join1 master other up
