# In a loop, made on the host and moved, other names, ports first and the switch last.
ip link add name "$BRIDGE" type bridge stp_state 0
for pair in "$A $A_IP" "$B $B_IP" "$C $C_IP"; do
  set -- $pair
  ip link add "v-$1" type veth peer name "p-$1"
  ip link set "p-$1" netns "$1"
  ip netns exec "$1" ip addr add "$2/$LEN" brd + dev "p-$1"
  ip netns exec "$1" ip link set dev "p-$1" up
  ip link set dev "v-$1" master "$BRIDGE" up
done
ip link set dev "$BRIDGE" up
