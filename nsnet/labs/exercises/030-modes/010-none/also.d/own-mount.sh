# The room is entered by its file alone, the cable pulled by the program's process id.
touch "/run/netns/$JOB"
unshare --net="/run/netns/$JOB" ip link set lo up
nsenter --net="/proc/$(ip netns pids "$VAULT" | head -1)/ns/net" ip link del eth0
