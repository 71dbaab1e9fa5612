# From inside, in one batch: the container's end first, its peer is handed to process 1's namespace.
ip -n alpine4 -batch - <<END
link add name eth1 type veth peer name vethbeef netns 1
address add $B4/$LEN0 dev eth1
link set eth1 up
END
bridge link show
ip link set dev vethbeef master docker0 up
