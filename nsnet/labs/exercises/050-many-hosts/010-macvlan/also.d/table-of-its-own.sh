# Policy routing: a table of its own for the host's way to its containers, by a rule; the shim has no address.
ip netns add c1
ip netns add c2
for n in 1 2; do
  eval "own=\$C$n"
  nsenter --net="/run/netns/c$n" ip link set lo up
  ip link add link lan0 name eth0 netns "c$n" type macvlan mode bridge
  nsenter --net="/run/netns/c$n" ip address add "$own/$LEN" brd + dev eth0
  nsenter --net="/run/netns/c$n" ip link set eth0 up
done
ip link add link lan0 name shim up type macvlan mode bridge
for each in "$C1" "$C2"; do
  ip route add "$each" dev shim src "$HOST" table 250
  ip rule add to "$each" lookup 250 priority 100
done
