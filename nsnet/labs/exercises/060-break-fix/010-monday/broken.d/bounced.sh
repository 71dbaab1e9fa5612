# expect: L3.ROUTE_LOST_ON_FLAP
# after: solution
ip -n redis link set eth0 down
ip -n redis link set eth0 up
