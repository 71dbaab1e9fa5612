# expect: L3.NO_GW_ADDR
# instead of: dev br0
