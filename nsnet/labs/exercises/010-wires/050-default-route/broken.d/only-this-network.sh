# expect: L3.NO_DEFAULT
ip -n "$A" route add 203.0.113.0/24 via "$GW"
ip -n "$B" route replace default via "$GW"
