# By old names and new ones: c3's cable is renamed before it is answered, c4's MAC is chosen by hand.
ip link set "$_CABLE" down
ip link set "$_CABLE" name veth-c3 up
answer cable veth-c3
answer owner "$_OWNER"
answer port "$_PORT:"
answer bridge "$_BRIDGE"
answer gateway "$_DB_GW"
touch /run/netns/c4
unshare --net=/run/netns/c4 ip link set lo up
ip link add vethabcdef0 master br0 type veth peer name eth0 address 02:42:0a:00:00:05
ip link set eth0 netns c4
ip link set vethabcdef0 up
nsenter --net=/run/netns/c4 ip link set eth0 up
nsenter --net=/run/netns/c4 ip address add "$C4/$LEN" dev eth0
nsenter --net=/run/netns/c4 ip route add default via "$GW" dev eth0
