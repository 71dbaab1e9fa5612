# expect: L3.ROUTE_LOST_ON_FLAP
ip -n c1 link set eth0 down
ip -n c1 link set eth0 mtu "$_WIDTH"
ip -n c1 link set eth0 up
ip -n c2 link set eth0 mtu "$_WIDTH"
