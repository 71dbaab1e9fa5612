# The way takes $_WIDTH bytes, as pings of growing size show. What c1 must not send, its own
# interface must not take; and the handshake tells the office of it.
# without: MTU.BLACKHOLE
ip -n c1 link set eth0 mtu "$_WIDTH"
# Each container has an MTU of its own.
# without: MTU.BLACKHOLE
ip -n c2 link set eth0 mtu "$_WIDTH"
