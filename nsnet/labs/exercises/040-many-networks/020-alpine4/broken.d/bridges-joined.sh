# expect: L2.BRIDGES_JOINED
ip link add patch0 type veth peer name patch1
ip link set patch0 master docker0 up
ip link set patch1 master br-alpine up
ip -n alpine4 address add "$B4/$LEN0" dev eth0
