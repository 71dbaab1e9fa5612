# The bridge's port is pulled first, a second one is made for fun; nothing of it is in the rooms.
ip link set "veth-$VAULT" nomaster
ip link set "veth-$VAULT" down
ip link delete dev "veth-$VAULT" type veth
ip link add isolated type bridge
ip netns add "$JOB"
ip netns exec "$JOB" sh -c 'ip link set dev lo up'
