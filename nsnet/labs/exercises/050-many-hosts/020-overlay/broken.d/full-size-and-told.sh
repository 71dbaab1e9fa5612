# expect: MTU.TOLD
ip -n hA link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HB"
ip -n hB link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HA"
for h in hA hB; do ip -n "$h" link set vx0 master br0; ip -n "$h" link set vx0 up; done
