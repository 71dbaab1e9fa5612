# expect: L3.NO_DEFAULT
# instead of: -n c1
# The one address that was asked for, and no other.
ip -n c1 route add 203.0.113.0/24 via "$GW"
