# expect: L1.END_IN_HOST
ip link add veth0 type veth peer name veth1
ip link set veth0 netns "$A"
ip -n "$A" address add "$A_IP/$LEN" dev veth0
ip -n "$A" link set veth0 up
ip address add "$B_IP/$LEN" dev veth1
ip link set veth1 up
