# By ip -batch, and with Docker's MAC addresses.
ip -batch - <<END
netns add c1
netns add c2
link add link lan0 name eth0 address 02:42:c0:a8:32:65 netns c1 type macvlan mode bridge
link add link lan0 name eth0 address 02:42:c0:a8:32:66 netns c2 type macvlan mode bridge
link add link lan0 name shim type macvlan mode bridge
link set shim up
route add $C1/32 dev shim src $HOST
route add $C2/32 dev shim src $HOST
END
ip netns exec c1 sh -c "ip link set lo up; ip address add $C1/$LEN dev eth0; ip link set eth0 up"
ip netns exec c2 sh -c "ip link set lo up; ip address add $C2/$LEN dev eth0; ip link set eth0 up"
