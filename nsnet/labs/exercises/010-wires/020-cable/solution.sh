# A cable has two ends. This makes both where they belong: nothing to move, nothing to lose.
# without: MODE.NONE
ip link add eth0 netns "$A" type veth peer name eth0 netns "$B"
# With the length of the network: without it, nobody would be a neighbour.
# without: L3.NO_ADDR
ip -n "$A" address add "$A_IP/$LEN" dev eth0
# without: L3.NO_ADDR L3.ADDR_LOST_ON_MOVE
ip -n "$B" address add "$B_IP/$LEN" dev eth0
# A cable has carrier when both of its ends are switched on.
# without: L1.LINK_DOWN
ip -n "$A" link set eth0 up
# without: L1.PEER_DOWN
ip -n "$B" link set eth0 up
