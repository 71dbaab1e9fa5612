# expect: L2.NO_MASTER
# instead of: veth-b master
