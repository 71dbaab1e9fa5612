# expect: L2.MACVLAN_MODE
# instead of: eth0 netns c1
# instead of: eth0 netns c2
ip link add link lan0 name eth0 netns c1 type macvlan
ip link add link lan0 name eth0 netns c2 type macvlan
