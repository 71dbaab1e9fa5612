# The switch, which has to be switched on like any interface.
# without: L2.NO_BRIDGE
ip link add "$BRIDGE" type bridge
# without: L2.BRIDGE_DOWN
ip link set "$BRIDGE" up
# A cable for each room: eth0 inside, the other end on the host.
# without: MODE.NONE
ip link add veth-a type veth peer name eth0 netns "$A"
# without: MODE.NONE
ip link add veth-b type veth peer name eth0 netns "$B"
# without: MODE.NONE
ip link add veth-c type veth peer name eth0 netns "$C"
# The other ends are plugged into the switch...
# without: L2.NO_MASTER
ip link set veth-a master "$BRIDGE"
# without: L2.NO_MASTER
ip link set veth-b master "$BRIDGE"
# without: L2.NO_MASTER
ip link set veth-c master "$BRIDGE"
# ... and switched on, as both ends of a cable have to be.
# without: L1.PEER_DOWN
ip link set veth-a up
# without: L1.PEER_DOWN
ip link set veth-b up
# without: L1.PEER_DOWN
ip link set veth-c up
# Inside, each room has an address of the one network.
# without: L3.NO_ADDR
ip -n "$A" address add "$A_IP/$LEN" dev eth0
# without: L3.ADDR_LOST_ON_MOVE L3.NO_ADDR
ip -n "$B" address add "$B_IP/$LEN" dev eth0
# without: L3.ADDR_LOST_ON_MOVE L3.NO_ADDR
ip -n "$C" address add "$C_IP/$LEN" dev eth0
# without: L1.LINK_DOWN
ip -n "$A" link set eth0 up
# without: L1.LINK_DOWN L1.PEER_DOWN
ip -n "$B" link set eth0 up
# without: L1.LINK_DOWN L1.PEER_DOWN
ip -n "$C" link set eth0 up
