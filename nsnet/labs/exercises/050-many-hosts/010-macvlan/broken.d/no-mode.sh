# expect: L2.MACVLAN_MODE
ip netns add c1
ip netns add c2
ip link add link lan0 name eth0 netns c1 type macvlan
ip link add link lan0 name eth0 netns c2 type macvlan
ip -n c1 address add "$C1/$LEN" dev eth0
ip -n c2 address add "$C2/$LEN" dev eth0
ip -n c1 link set eth0 up
ip -n c2 link set eth0 up
