# expect: L1.LO_DOWN
# after: solution
ip -n "$A" link set lo down
