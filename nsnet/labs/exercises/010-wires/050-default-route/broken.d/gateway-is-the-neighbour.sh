# expect: L3.FORWARD_OFF
ip -n "$A" route add default via "$B_IP"
