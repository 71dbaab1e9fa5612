# The host's own plug in its switch.
# without: L3.NO_GW_ADDR
ip address add "$GW/$LEN" dev br0
# Each room: the MAC that goes with the address, then the address.
# without: L3.WRONG_MAC
ip -n c1 link set eth0 address "$_M1"
# without: L3.NO_ADDR
ip -n c1 address add "$C1/$LEN" dev eth0
# without: L3.WRONG_MAC
ip -n c2 link set eth0 address "$_M2"
# without: L3.NO_ADDR
ip -n c2 address add "$C2/$LEN" dev eth0
# without: L3.WRONG_MAC
ip -n c3 link set eth0 address "$_M3"
# without: L3.NO_ADDR
ip -n c3 address add "$C3/$LEN" dev eth0
