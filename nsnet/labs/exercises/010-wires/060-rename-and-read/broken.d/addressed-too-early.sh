# expect: L3.ADDR_LOST_ON_MOVE
# until: netns c4
# Before the move.
ip address add "$C4/$LEN" dev veth1c4c4c4
ip link set veth1c4c4c4 netns c4
ip -n c4 link set veth1c4c4c4 name eth0
ip link set veth0c4c4c4 up
ip -n c4 link set eth0 up
