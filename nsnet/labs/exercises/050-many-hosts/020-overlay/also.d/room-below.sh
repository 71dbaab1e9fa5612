# The other way round: the network underneath gets 50 bytes more, as in a data centre.
ip link set veth-hA mtu 1550
ip link set veth-hB mtu 1550
for h in hA hB; do ip -n "$h" link set eth0 mtu 1550; done
ip -n hA link add vx0 mtu 1500 type vxlan id "$VNI" dstport 4789 remote "$HB"
ip -n hB link add vx0 mtu 1500 type vxlan id "$VNI" dstport 4789 remote "$HA"
for h in hA hB; do ip -n "$h" link set vx0 master br0; ip -n "$h" link set vx0 up; done
