# expect: L3.FORWARD_OFF
# c1 has a route already; one more to the same gateway changes nothing.
ip -n c1 route add 203.0.113.0/24 via "$GW"
