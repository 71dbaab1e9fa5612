# expect: L3.FORWARD_OFF
# instead of: -n c1
# c2 has a way out now, but it is no router.
ip -n c1 route add default via "$C2"
