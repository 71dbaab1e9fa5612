# expect: L3.ROUTE_FORBIDS
ip -n "$A" route add unreachable default
