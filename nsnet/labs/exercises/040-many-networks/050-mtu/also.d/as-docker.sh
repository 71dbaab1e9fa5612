# As Docker does it: the bridge, and both ends of each cable.
for c in c1 c2; do ip -n "$c" link set eth0 mtu "$_WIDTH"; ip link set "veth-$c" mtu "$_WIDTH"; done
ip link set br0 mtu "$_WIDTH"
