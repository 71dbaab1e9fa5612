# expect: L3.ADDR_LOST_ON_MOVE
ip link add veth0 type veth peer name veth1
ip address add "$A_IP/$LEN" dev veth0
ip address add "$B_IP/$LEN" dev veth1
ip link set veth0 up
ip link set veth1 up
ip link set veth0 netns "$A"
ip link set veth1 netns "$B"
