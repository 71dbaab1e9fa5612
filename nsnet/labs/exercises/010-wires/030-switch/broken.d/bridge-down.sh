# expect: L2.BRIDGE_DOWN
# instead of: "$BRIDGE" up
