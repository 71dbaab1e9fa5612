# nsenter by process, Python's web server, other namespaces of its own.
P=$(ip netns pids web | head -n 1)
nsenter --target "$P" --net unshare --uts python3 -m http.server "$PORT" > /dev/null 2>&1 &
ip netns attach sidecar "$P"
