# expect: L1.LINK_DOWN
# after: solution
ip -n "$A" link set eth0 down
