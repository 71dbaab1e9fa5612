# expect: L2.NO_MASTER
# instead of: veth-a master
# instead of: veth-b master
# instead of: veth-c master
