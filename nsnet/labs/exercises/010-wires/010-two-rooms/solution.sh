# A room of its own for each.
# without: NS.MISSING
ip netns add "$A"
# without: NS.MISSING
ip netns add "$B"
# Its loopback starts switched off.
# without: L1.LO_DOWN
ip -n "$A" link set lo up
# without: L1.LO_DOWN
ip -n "$B" link set lo up
