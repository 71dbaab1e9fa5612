# Learning off: an address of its own, and one entry that sends everything to the other host.
for each in "hA $HA $HB t2 $T2" "hB $HB $HA t1 $T1"; do
  set -- $each
  ip -n "$1" link add vx0 mtu 1450 type vxlan id "$VNI" dstport 4789 local "$2" dev eth0 nolearning
  ip -n "$1" link set vx0 master br0 up
  bridge -n "$1" fdb append 00:00:00:00:00:00 dev vx0 dst "$3" self permanent
done
for each in t1 t2; do
  ip -n "$each" link set eth0 mtu 1450
done
