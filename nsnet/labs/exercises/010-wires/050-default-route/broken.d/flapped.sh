# expect: L3.ROUTE_LOST_ON_FLAP
# after: solution
# "Have you tried switching it off and on again?"
ip -n c1 link set eth0 down
ip -n c1 link set eth0 up
