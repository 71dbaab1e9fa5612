# expect: IPAM.OVERLAP
# instead of: master br0
ip link set veth0c4c4c4 master "$_BRIDGE"
