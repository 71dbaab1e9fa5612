# As VXLAN was meant first: no far end by name, but a group that all hosts of the network join.
for h in hA hB; do ip -n "$h" link add vx0 type vxlan id "$VNI" group 239.1.1.1 dev eth0 dstport 4789; done
for h in hA hB; do ip -n "$h" link set vx0 up master br0; done
for t in t1 t2; do ip -n "$t" link set eth0 mtu 1450; done
