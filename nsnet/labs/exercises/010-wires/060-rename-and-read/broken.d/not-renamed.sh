# expect: L1.NO_LINK
# after: solution
ip -n c4 link set eth0 down
ip -n c4 link set eth0 name veth1c4c4c4
ip -n c4 link set veth1c4c4c4 up
ip -n c4 route add default via "$GW"
