# A second cable, its inner end in alpine4 from the start.
# without: L3.WRONG_ADDR
ip link add veth-alpine4b type veth peer name eth1 netns alpine4
# The outer end goes into the other switch,
# without: L2.NO_MASTER
ip link set veth-alpine4b master docker0
# and is switched on.
# without: L1.PEER_DOWN
ip link set veth-alpine4b up
# The address brings the connected route along: no other route is needed.
# without: L3.WRONG_ADDR
ip -n alpine4 address add "$B4/$LEN0" dev eth1
# without: L1.LINK_DOWN
ip -n alpine4 link set eth1 up
