# Whatever no other route is for goes to the host's end of the network.
# without: L3.NO_DEFAULT
ip -n c1 route add default via "$GW"
# c2 lost it when its eth0 went down; nothing brings it back but a command.
# without: L3.ROUTE_LOST_ON_FLAP
ip -n c2 route add default via "$GW" dev eth0
