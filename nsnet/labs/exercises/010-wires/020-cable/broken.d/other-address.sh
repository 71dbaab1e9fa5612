# expect: L3.WRONG_ADDR
ip link add eth0 netns "$A" type veth peer name eth0 netns "$B"
ip -n "$A" address add "$A_IP/28" dev eth0
ip -n "$B" address add "$B_IP/28" dev eth0
ip -n "$A" link set eth0 up
ip -n "$B" link set eth0 up
