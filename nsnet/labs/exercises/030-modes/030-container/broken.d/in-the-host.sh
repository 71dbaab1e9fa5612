# expect: MODE.SIBLING_NOT_SAME_NS
serve --name sidecar "$PORT" &
sleep 0.4
ip netns attach sidecar "$(ip netns pids web | head -n 1)"
