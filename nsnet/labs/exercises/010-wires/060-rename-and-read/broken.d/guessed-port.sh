# expect: L1.WRONG_PEER
# instead of: answer port
# The cable of somebody else.
answer port "$ASKED"
