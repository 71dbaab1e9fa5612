# expect: MODE.NOT_NONE
ip netns add "$JOB"
ip -n "$JOB" link set lo up
ip -n "$JOB" address add "$GW/$LEN" dev lo
ip link del "veth-$VAULT"
