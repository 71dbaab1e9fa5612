# Other namespaces of its own, as a container has them; the network is the host's.
unshare --mount --uts --ipc sh -c 'hostname web; exec serve --name web "$WEB"' &
unshare --mount --uts --ipc sh -c 'hostname api; exec serve --name api "$API"' &
ip netns add unused
