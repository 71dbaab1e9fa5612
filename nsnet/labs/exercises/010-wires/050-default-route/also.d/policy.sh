# By policy routing: a table of its own, asked before the main one.
ip -n "$A" route add default via "$GW" table 100
ip -n "$A" rule add table 100 priority 33000
ip -n "$B" route add default via "$GW" table 100
ip -n "$B" rule add to 203.0.113.0/24 table 100
ip -n "$B" rule add to 198.51.100.0/24 table 100
