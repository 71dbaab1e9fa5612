# expect: L1.WRONG_END
# instead of: type veth
ip link add br0 type bridge
ip link set br0 up
ip link add veth-a type veth peer name eth0 netns "$A"
ip link add veth-b type veth peer name eth0 netns "$B"
ip link set veth-a master br0 up
ip link set veth-b master br0 up
