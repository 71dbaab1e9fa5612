# without: NS.MISSING
ip netns add c1
# without: NS.MISSING
ip netns add c2
# A second MAC address on the host's own wire, handed to c1. Without a mode it would be vepa.
# without: MODE.NONE
ip link add link lan0 name eth0 netns c1 type macvlan mode bridge
# without: MODE.NONE
ip link add link lan0 name eth0 netns c2 type macvlan mode bridge
# An address of the LAN itself: nobody routes or translates.
# without: L3.NO_ADDR
ip -n c1 address add "$C1/$LEN" dev eth0
# without: L3.NO_ADDR
ip -n c2 address add "$C2/$LEN" dev eth0
# without: L1.LINK_DOWN
ip -n c1 link set eth0 up
# without: L1.LINK_DOWN
ip -n c2 link set eth0 up
# The host becomes one of them: siblings hear each other, the parent hears none.
# without: MODE.MACVLAN_PARENT
ip link add link lan0 name shim type macvlan mode bridge
# without: MODE.MACVLAN_PARENT
ip link set shim up
# Only what is for the containers goes that way: the rest of the LAN stays on lan0.
# without: MODE.MACVLAN_PARENT
ip route add "$C1" dev shim src "$HOST"
# without: MODE.MACVLAN_PARENT
ip route add "$C2" dev shim src "$HOST"
