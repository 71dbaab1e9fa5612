# expect: L1.LO_DOWN
# instead of: lo up
