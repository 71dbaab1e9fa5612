# expect: L3.NO_DEFAULT
# instead of: -n c2
ip -n c2 route add 203.0.113.2 via "$GW"
