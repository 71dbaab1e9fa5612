# As blogs do it: the shim has an address of its own, and a route for each container.
ip netns add c1
ip netns add c2
ip link add link lan0 name eth0 netns c1 type macvlan mode bridge
ip link add link lan0 name eth0 netns c2 type macvlan mode bridge
ip -n c1 address add "$C1/$LEN" dev eth0
ip -n c2 address add "$C2/$LEN" dev eth0
ip -n c1 link set eth0 up
ip -n c2 link set eth0 up
ip link add lan-shim link lan0 type macvlan mode bridge
ip address add "$SPARE/32" dev lan-shim
ip link set lan-shim up
ip route add "$C1/32" dev lan-shim
ip route add "$C2/32" dev lan-shim
