# Every command stands below a comment that says what is wrong when it is left out. `nsnet lab
# verify` leaves out each of them, and wants to hear just that.

# The length matters: without it, c1 would think that it is alone in its network.
# without: L3.NO_ADDR
ip -n c1 address add "$C1/$LEN" dev eth0

# Whatever is not a neighbour is behind the gateway.
# without: L3.NO_DEFAULT
ip -n c1 route add default via "$GW"
