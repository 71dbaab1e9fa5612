# expect: FLT.OPEN
ip netns add "$JOB"
ip -n "$JOB" link set lo up
ip netns del "$VAULT"
ip netns add "$VAULT"
ip -n "$VAULT" link set lo up
ip netns exec "$VAULT" serve --name "$VAULT" 80 &
sleep 0.5
