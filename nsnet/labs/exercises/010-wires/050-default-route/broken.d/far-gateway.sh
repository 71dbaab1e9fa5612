# expect: L3.NO_DEFAULT
# instead of: -n c1
# The kernel refuses it: a gateway has to be a neighbour.
ip -n c1 route add default via 203.0.113.2 || true
