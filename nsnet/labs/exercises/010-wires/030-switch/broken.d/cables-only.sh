# expect: L2.NO_BRIDGE
ip link add veth-ab netns "$A" type veth peer name veth-ba netns "$B"
ip -n "$A" address add "$A_IP/$LEN" dev veth-ab
ip -n "$B" address add "$B_IP/$LEN" dev veth-ba
ip -n "$A" link set veth-ab up
ip -n "$B" link set veth-ba up
