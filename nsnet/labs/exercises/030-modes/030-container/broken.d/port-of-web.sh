# expect: APP.NOT_LISTENING
ip netns exec web serve --name sidecar 80 &
sleep 0.4
ip netns attach sidecar "$(ip netns pids web | head -n 1)"
