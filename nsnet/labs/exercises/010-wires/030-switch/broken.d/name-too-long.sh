# expect: MODE.NONE
# until: veth-a type veth
ip link add "veth-of-room-$A-1" type veth peer name eth0 netns "$A"
ip link set "veth-of-room-$A-1" master "$BRIDGE" up
