# expect: L1.NO_KIND
# until: eth0 netns c1
ip link add br0 type bridge
ip link set br0 up
for n in 1 2; do ip link add veth-c$n master br0 type veth peer name eth0 netns c$n; ip link set veth-c$n up; done
ip link set lan0 master br0
ip -n c1 address add "$C1/$LEN" dev eth0
ip -n c2 address add "$C2/$LEN" dev eth0
ip -n c1 link set eth0 up
ip -n c2 link set eth0 up
ip address flush dev lan0
ip address add "$HOST/$LEN" dev br0
