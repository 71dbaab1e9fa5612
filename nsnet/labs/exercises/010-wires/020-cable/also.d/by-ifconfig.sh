# With nsenter and the old words of net-tools; the peer address instead of a broadcast.
# needs: ifconfig
nsenter --net="/run/netns/$B" ip link add cable type veth peer name elbac
nsenter --net="/run/netns/$B" ip link set elbac netns "$A"
nsenter --net="/run/netns/$B" ip address add "$B_IP/$LEN" broadcast + dev cable
nsenter --net="/run/netns/$B" ifconfig cable up
nsenter --net="/run/netns/$A" ip address add "$A_IP/$LEN" dev elbac
nsenter --net="/run/netns/$A" ifconfig elbac up
