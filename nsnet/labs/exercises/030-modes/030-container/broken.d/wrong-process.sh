# expect: MODE.SIBLING_NOT_SAME_NS
# $$ is this shell, which is in the host's stack: that gets the name.
ip netns exec web serve --name sidecar "$PORT" &
ip netns attach sidecar $$
sleep 0.4
