# First the second name, by hand, then the program by way of it.
touch /run/netns/sidecar
mount --bind /run/netns/web /run/netns/sidecar
ip netns exec sidecar serve --name sidecar "$PORT" &
