# A room of its own, which nobody plugs anything into.
# without: NS.MISSING
ip netns add "$JOB"
# It may talk to itself.
# without: L1.LO_DOWN
ip -n "$JOB" link set lo up
# A cable is gone with either of its ends; the room and the program in it stay.
# without: MODE.NOT_NONE
ip link del "veth-$VAULT"
