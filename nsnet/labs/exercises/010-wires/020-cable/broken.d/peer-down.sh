# expect: L1.PEER_DOWN
ip link add veth0 type veth peer name veth1
ip link set veth0 netns "$A"
ip link set veth1 netns "$B"
ip -n "$A" address add "$A_IP/$LEN" dev veth0
ip -n "$B" address add "$B_IP/$LEN" dev veth1
ip -n "$A" link set veth0 up
