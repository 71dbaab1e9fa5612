# expect: NS.NOT_NAMED
unshare --net sleep 60 &
sleep 0.3
ip netns add "$B"
ip -n "$B" link set lo up
