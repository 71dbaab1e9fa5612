# expect: L3.NO_GATEWAY
# instead of: -n c1
# "It works": c1 takes the whole world for its neighbour, and the host answers for one address.
ip -n c1 route add default dev eth0
