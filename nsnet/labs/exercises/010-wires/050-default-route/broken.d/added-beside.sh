# expect: L3.TWO_DEFAULTS
ip -n "$A" route add default via "$GW"
ip -n "$B" route add default via "$GW" metric 100
