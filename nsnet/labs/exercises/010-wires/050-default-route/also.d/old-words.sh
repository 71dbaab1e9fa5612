# By net-tools; the wrong one is taken away first, then the right one is set.
nsenter --net="/run/netns/$A" route add default gw "$GW"
nsenter --net="/run/netns/$B" route del default
nsenter --net="/run/netns/$B" route add default gw "$GW" eth0
