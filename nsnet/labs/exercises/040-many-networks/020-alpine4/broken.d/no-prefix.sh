# expect: L3.WRONG_ADDR
ip link add veth4b type veth peer name eth1 netns alpine4
ip link set veth4b master docker0 up
ip -n alpine4 address add "$B4" dev eth1
ip -n alpine4 link set eth1 up
