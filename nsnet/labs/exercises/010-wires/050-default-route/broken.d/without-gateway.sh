# expect: L3.NO_GATEWAY
ip -n "$A" route add default dev eth0
ip -n "$B" route replace default via "$GW"
