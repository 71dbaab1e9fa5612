# expect: L3.GW_UNREACHABLE
ip -n "$A" route add default via "$GW"
ip -n "$B" route add default via "$GW"
