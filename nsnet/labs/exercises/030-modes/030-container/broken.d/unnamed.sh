# expect: NS.MISSING
ip netns exec web serve --name sidecar "$PORT" &
sleep 0.4
