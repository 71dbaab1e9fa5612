# From inside the rooms, the other order.
ip netns exec "$VAULT" ip link delete eth0
unshare --net sh -c 'ip link set lo up; ip netns attach "$JOB" $$'
