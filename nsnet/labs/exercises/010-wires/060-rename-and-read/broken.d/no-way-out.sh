# expect: L3.NO_DEFAULT
# instead of: route add
# The one address, and no other.
ip -n c4 route add 203.0.113.2 via "$GW"
