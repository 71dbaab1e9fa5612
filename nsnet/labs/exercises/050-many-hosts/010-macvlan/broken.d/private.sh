# expect: L2.MACVLAN_MODE
# instead of: eth0 netns c2
ip link add link lan0 name eth0 netns c2 type macvlan mode private
