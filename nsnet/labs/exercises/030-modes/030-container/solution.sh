# A program belongs to the namespace that it is started in: that of web.
# without: APP.NOT_LISTENING
ip netns exec web serve --name sidecar "$PORT" &
# A second name for the namespace, by a program that is in it.
# without: NS.MISSING
ip netns attach sidecar "$(ip netns pids web | head -n 1)"
