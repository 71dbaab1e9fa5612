# expect: MODE.NOT_NONE
ip netns add "$JOB"
ip -n "$JOB" link set lo up
ip -n "$VAULT" link set eth0 down
