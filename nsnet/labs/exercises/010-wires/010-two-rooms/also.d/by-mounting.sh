# Without ip netns: the name is an empty file, over which unshare mounts the new stack.
mkdir -p /run/netns
for room in "$A" "$B"; do
    touch "/run/netns/$room"
    unshare --net="/run/netns/$room" ip link set lo up
done
