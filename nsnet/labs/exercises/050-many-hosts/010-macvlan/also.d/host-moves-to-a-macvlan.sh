# The host's address itself moves to a macvlan; lan0 is nothing but the wire.
ip link add macvlan0 link lan0 type macvlan mode bridge
ip address flush dev lan0
ip address add "$HOST/$LEN" dev macvlan0
ip link set macvlan0 up
for n in 1 2; do ip netns add c$n; ip link add mv$n link lan0 type macvlan mode bridge; ip link set mv$n netns c$n; done
ip -n c1 address add "$C1/$LEN" dev mv1
ip -n c2 address add "$C2/$LEN" dev mv2
ip -n c1 link set mv1 up
ip -n c2 link set mv2 up
