# As Docker has it: names of Docker's form, MACs of their own, and an address on the bridge as well.
ip link add "$BRIDGE" address 02:42:00:00:00:01 type bridge
ip address add "${NET%.*}.1/$LEN" dev "$BRIDGE"
ip link set "$BRIDGE" up
ip link add veth1a2b3c4 master "$BRIDGE" up type veth peer name eth0 address 02:42:00:00:00:02 netns "$A"
ip link add veth2a2b3c4 master "$BRIDGE" up type veth peer name eth0 address 02:42:00:00:00:03 netns "$B"
ip link add veth3a2b3c4 master "$BRIDGE" up type veth peer name eth0 address 02:42:00:00:00:04 netns "$C"
ip -n "$A" address add "$A_IP/$LEN" dev eth0
ip -n "$B" address add "$B_IP/$LEN" dev eth0
ip -n "$C" address add "$C_IP/$LEN" dev eth0
ip -n "$A" link set eth0 up
ip -n "$B" link set eth0 up
ip -n "$C" link set eth0 up
