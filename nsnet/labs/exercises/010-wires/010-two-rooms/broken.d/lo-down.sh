# expect: L1.LO_DOWN
# instead of: "$A" link set lo
