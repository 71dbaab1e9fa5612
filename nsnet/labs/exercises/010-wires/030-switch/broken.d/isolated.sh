# expect: L2.ISOLATED
# after: solution
bridge link set dev veth-a isolated on
bridge link set dev veth-b isolated on
