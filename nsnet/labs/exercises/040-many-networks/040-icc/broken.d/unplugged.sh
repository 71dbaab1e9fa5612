# expect: L2.NO_MASTER
ip link set veth-c2 nomaster
