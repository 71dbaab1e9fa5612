# Whatever no other route fits goes to the address of the bridge, which is the host.
# without: L3.NO_DEFAULT
ip -n "$A" route add default via "$GW" dev eth0
# The other one has such a route, but to an address that nobody has: another one in its place.
# without: L3.GW_UNREACHABLE
ip -n "$B" route replace default via "$GW" dev eth0
