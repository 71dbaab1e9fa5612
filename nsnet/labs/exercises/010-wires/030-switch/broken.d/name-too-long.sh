# expect: MODE.NONE
ip link add "$BRIDGE" type bridge
ip link set "$BRIDGE" up
ip link add "veth-of-room-$A-1" type veth peer name eth0 netns "$A"
ip link set "veth-of-room-$A-1" master "$BRIDGE" up
