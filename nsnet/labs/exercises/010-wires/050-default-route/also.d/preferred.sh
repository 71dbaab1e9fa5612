# The wrong one stays, but has to stand back: a better metric, a source address, a table of its own.
ip -n "$A" route add default via "$GW" src "$A_IP" metric 100
ip -n "$B" route del default
ip -n "$B" route add default via "$GW" metric 10
ip -n "$B" route add default via "$NOBODY" metric 20
