# expect: MODE.NOT_NONE
# instead of: ip link del
ip link set "veth-$VAULT" nomaster
