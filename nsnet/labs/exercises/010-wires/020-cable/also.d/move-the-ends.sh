# As the tutorials do it: made in the host, moved, then set up from inside.
ip link add veth0 type veth peer name veth1
ip link set veth0 netns "$A"
ip link set veth1 netns "$B"
ip netns exec "$A" sh -c 'ip addr add $A_IP/$LEN dev veth0 && ip link set veth0 up'
ip netns exec "$B" sh -c 'ip addr add $B_IP/$LEN dev veth1 && ip link set veth1 up'
