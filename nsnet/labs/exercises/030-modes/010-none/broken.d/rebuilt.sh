# expect: APP.NOT_LISTENING
# A new room by the old name: the program stays behind in the old one.
ip netns add "$JOB"
ip -n "$JOB" link set lo up
ip link del "veth-$VAULT"
ip netns del "$VAULT"
ip netns add "$VAULT"
ip -n "$VAULT" link set lo up
