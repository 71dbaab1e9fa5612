# expect: MTU.TOO_SMALL
ip -n hA link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HB"
ip -n hB link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HA"
for h in hA hB; do ip -n "$h" link set vx0 master br0; ip -n "$h" link set vx0 up; done
for t in t1 t2; do ip -n "$t" link set eth0 mtu 1400; done
