# In the manner of util-linux: unshare keeps the namespace by a bind mount, nsenter goes in.
for name in "$A" "$B"; do mkdir -p /run/netns; touch "/run/netns/$name"; unshare --net="/run/netns/$name" ip link set lo up; done
