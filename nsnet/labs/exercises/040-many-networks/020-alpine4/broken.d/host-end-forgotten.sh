# expect: L3.WRONG_ADDR
ip link add veth4b type veth peer name eth1
ip link set veth4b master docker0 up
ip address add "$B4/$LEN0" dev eth1
ip link set eth1 up
