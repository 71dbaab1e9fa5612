# expect: L2.ONE_ISOLATED
bridge link set dev veth-c1 isolated on
