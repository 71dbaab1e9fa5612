# Made in the host and moved, other names, the default route by the other network.
ip link add left type veth peer name right
ip link set right netns alpine4 name second
ip -n alpine4 address add "$B4/$LEN0" broadcast + dev second
ip -n alpine4 link set second up
ip link set left up master docker0
ip -n alpine4 route replace default via "$GW0"
