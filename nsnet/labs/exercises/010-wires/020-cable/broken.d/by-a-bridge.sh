# expect: L1.WRONG_END
ip link add br0 type bridge
ip link set br0 up
ip link add veth-a type veth peer name eth0 netns "$A"
ip link add veth-b type veth peer name eth0 netns "$B"
ip link set veth-a master br0 up
ip link set veth-b master br0 up
ip -n "$A" address add "$A_IP/$LEN" dev eth0
ip -n "$B" address add "$B_IP/$LEN" dev eth0
ip -n "$A" link set eth0 up
ip -n "$B" link set eth0 up
