# expect: L1.LO_DOWN
ip netns add "$A"
ip netns add "$B"
ip -n "$B" link set lo up
