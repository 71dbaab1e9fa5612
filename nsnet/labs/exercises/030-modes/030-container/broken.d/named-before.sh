# expect: MODE.SIBLING_NOT_SAME_NS
# The name stands for a new room; the program is where it should be.
ip netns add sidecar
ip netns exec web serve --name sidecar "$PORT" &
sleep 0.4
