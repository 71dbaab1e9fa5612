# expect: L3.NO_DEFAULT
ip -n "$A" route add default via "$GW"
ip -n "$B" route del default
