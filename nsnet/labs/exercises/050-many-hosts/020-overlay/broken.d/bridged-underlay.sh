# expect: L1.NO_KIND
for h in hA hB; do ip -n "$h" link set eth0 master br0; done
ip -n hA address flush dev eth0
ip -n hA address add "$HA/24" dev br0
ip -n hB address flush dev eth0
ip -n hB address add "$HB/24" dev br0
