# expect: L3.PREFIX32
ip link add eth0 netns "$A" type veth peer name eth0 netns "$B"
ip -n "$A" address add "$A_IP" dev eth0
ip -n "$B" address add "$B_IP" dev eth0
ip -n "$A" link set eth0 up
ip -n "$B" link set eth0 up
