# By policy: a table of its own, with a rule that leads there; the other one with a metric and onlink.
ip -n c1 route add default via "$GW" dev eth0 table 100
ip -n c1 rule add pref 40000 lookup 100
ip -n c2 route replace default via "$GW" dev eth0 onlink metric 50 mtu 1500
