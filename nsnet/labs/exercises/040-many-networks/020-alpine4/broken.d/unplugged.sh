# expect: L2.NO_MASTER
ip link add veth4b type veth peer name eth1 netns alpine4
ip link set veth4b up
ip -n alpine4 address add "$B4/$LEN0" dev eth1
ip -n alpine4 link set eth1 up
