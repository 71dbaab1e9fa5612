# expect: L3.ROUTE_LOST_ON_FLAP
# after: solution
ip -n "$A" link set eth0 down
ip -n "$A" link set eth0 up
