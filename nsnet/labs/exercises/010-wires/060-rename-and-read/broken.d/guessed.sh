# expect: L1.WRONG_PEER
# instead of: answer cable
# By its place in the list, or the look of its name.
answer cable "$ASKED"
