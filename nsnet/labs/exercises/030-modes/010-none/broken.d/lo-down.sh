# expect: L1.LO_DOWN
ip netns add "$JOB"
ip link del "veth-$VAULT"
