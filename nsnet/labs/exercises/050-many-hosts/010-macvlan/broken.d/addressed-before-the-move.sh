# expect: L3.ADDR_LOST_ON_MOVE
# until: eth0 netns c1
ip link add link lan0 name mv1 type macvlan mode bridge
ip address add "$C1/$LEN" dev mv1
ip link set mv1 netns c1 name eth0
