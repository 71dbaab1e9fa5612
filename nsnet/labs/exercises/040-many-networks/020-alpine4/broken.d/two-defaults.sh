# expect: L3.TWO_DEFAULTS
# after: solution
ip -n alpine4 route add default via "$GW0" metric 100
