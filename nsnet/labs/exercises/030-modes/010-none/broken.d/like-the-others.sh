# expect: MODE.NOT_NONE
# instead of: ip link del
ip link add veth-job type veth peer name eth0 netns "$JOB"
ip link set veth-job master br0 up
ip -n "$JOB" link set eth0 up
