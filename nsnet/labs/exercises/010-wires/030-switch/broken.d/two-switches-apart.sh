# expect: IPAM.OVERLAP
# after: solution
ip link add other type bridge
ip link set other up
ip link set veth-c master other
