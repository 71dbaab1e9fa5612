# Interfaces made from inside the rooms, with a smaller MTU; nsenter instead of ip netns exec.
ip link add "$BRIDGE" mtu 1400 type bridge
for room in "$A" "$B" "$C"; do ip -n "$room" link add lan0 mtu 1400 type veth peer name "$room-port" mtu 1400 netns 1; ip link set "$room-port" master "$BRIDGE"; done
ip link set "$BRIDGE" up
for room in "$A" "$B" "$C"; do ip link set "$room-port" up; done
nsenter --net="/run/netns/$A" sh -c 'ip l set lan0 up; ip a add $A_IP/$LEN dev lan0'
nsenter --net="/run/netns/$B" sh -c 'ip l set lan0 up; ip a add $B_IP/$LEN dev lan0'
nsenter --net="/run/netns/$C" sh -c 'ip l set lan0 up; ip a add $C_IP/$LEN dev lan0'
