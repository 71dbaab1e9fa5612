# By working inside: ip netns exec, ifconfig-like words, the other order.
ip netns add "$B"
ip netns exec "$B" ip address add 127.0.0.1/8 dev lo
ip netns exec "$B" ip link set dev lo up
ip netns add "$A"
ip netns exec "$A" sh -c 'ip link set dev lo up'
