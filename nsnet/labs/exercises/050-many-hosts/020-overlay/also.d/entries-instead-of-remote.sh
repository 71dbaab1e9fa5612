# As Docker and Kubernetes do it: no fixed remote, but entries in the forwarding database.
ip -n hA link add vxlan0 type vxlan id "$VNI" dstport 4789 dev eth0
ip -n hB link add vxlan0 type vxlan id "$VNI" dstport 4789 dev eth0
bridge -n hA fdb append 00:00:00:00:00:00 dev vxlan0 dst "$HB"
bridge -n hB fdb append 00:00:00:00:00:00 dev vxlan0 dst "$HA"
for h in hA hB; do ip -n "$h" link set vxlan0 master br0; ip -n "$h" link set vxlan0 up; done
for t in t1 t2; do ip -n "$t" link set eth0 mtu 1450; done
