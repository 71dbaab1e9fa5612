# expect: L1.PEER_DOWN
# instead of: veth-a up
# instead of: veth-b up
# instead of: veth-c up
