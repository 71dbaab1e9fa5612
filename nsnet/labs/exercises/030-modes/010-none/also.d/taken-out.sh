# The end of the cable is taken out of the room, and left lying about.
ip netns exec "$VAULT" ip link set eth0 netns 1 name spare
mkdir -p /run/netns && touch "/run/netns/$JOB"
unshare --net="/run/netns/$JOB" ip link set lo up
