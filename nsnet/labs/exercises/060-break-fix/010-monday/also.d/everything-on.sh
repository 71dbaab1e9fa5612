# Without looking: switch everything on and plug everything in.
for link in br0 veth-web veth-redis; do ip link set $link up; done
ip link set veth-web master br0
ip link set veth-redis master br0
