# A name that is a link to the other name.
ln -s /run/netns/web /run/netns/sidecar
nsenter --net=/run/netns/sidecar serve "$PORT" &
