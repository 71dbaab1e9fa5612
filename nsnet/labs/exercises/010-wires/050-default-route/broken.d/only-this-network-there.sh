# expect: L3.OTHER_GATEWAY
ip -n "$A" route add default via "$GW"
ip -n "$B" route add 203.0.113.2 via "$GW"
