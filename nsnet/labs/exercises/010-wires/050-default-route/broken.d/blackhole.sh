# expect: L3.ROUTE_FORBIDS
# instead of: -n c2
ip -n c2 route add blackhole default
