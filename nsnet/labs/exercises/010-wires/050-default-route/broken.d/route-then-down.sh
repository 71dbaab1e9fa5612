# expect: L1.LINK_DOWN
# after: solution
ip -n c2 link set eth0 down
