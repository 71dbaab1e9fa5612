# expect: L3.NO_SUCH_HOST
# after: solution
ip link del veth-redis
ip link add veth-redis type veth peer name eth0 netns redis
ip link set veth-redis master br0 up
ip -n redis link set eth0 up
