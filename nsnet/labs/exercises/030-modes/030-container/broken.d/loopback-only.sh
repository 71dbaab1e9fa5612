# expect: APP.LOOPBACK_ONLY
ip netns exec web serve --name sidecar "127.0.0.1:$PORT" &
sleep 0.4
ip netns attach sidecar "$(ip netns pids web | head -n 1)"
