# expect: VX.UNDERLAY
ip -n hA link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HB"
ip -n hB link add vx0 type vxlan id "$VNI" dstport 4789 remote "$HA"
for h in hA hB; do ip -n "$h" link set vx0 master br0; ip -n "$h" link set vx0 up; done
for t in t1 t2; do ip -n "$t" link set eth0 mtu 1450; done
ip netns exec hB nft 'table inet fw { chain in { type filter hook input priority 0; policy drop; ct state established,related accept; iifname lo accept; meta l4proto icmp accept; tcp dport 22 accept; }; }'
