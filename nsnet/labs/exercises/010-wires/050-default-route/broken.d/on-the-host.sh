# expect: L3.NO_DEFAULT
ip route add default via "$GW" metric 50
