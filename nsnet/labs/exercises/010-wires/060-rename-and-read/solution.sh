# Inside, @if tells the number of the other end: on the host, one line begins with it.
# without: ANSWER.MISSING
answer cable "$(number=$(ip -n c3 -o link show eth0 | sed 's/.*@if\([0-9]*\):.*/\1/')
    ip -o link | grep "^$number: " | cut -d' ' -f2)"
# From the host the number alone would fit several rooms; link-netns names the one.
# without: ANSWER.MISSING
answer owner "$(ip -o link show "$ASKED" | sed 's/.*link-netns \([^ ]*\).*/\1/')"
# From the address to the MAC (who has it?), from the MAC to the port (where was it seen?).
# without: ANSWER.MISSING
answer port "$(ping -qc1 -W1 "$WHO" >/dev/null
    mac=$(ip neighbour show "$WHO" | cut -d' ' -f5)
    bridge fdb show br br0 | grep "^$mac" | cut -d' ' -f3)"
# A port names its bridge: master.
# without: ANSWER.MISSING
answer bridge "$(ip -o link | grep 'link-netns db' | sed 's/.*master \([^ ]*\).*/\1/')"
# Routes are asked for where the packet starts.
# without: ANSWER.MISSING
answer gateway "$(ip -n db route get 203.0.113.2 | head -n 1 | cut -d' ' -f3)"
# A new room, as in the exercises before.
# without: NS.MISSING
ip netns add c4
# without: L1.LO_DOWN
ip -n c4 link set lo up
# Docker draws the digits. Both ends begin on the host, each with such a name.
# without: MODE.NONE
ip link add veth0c4c4c4 type veth peer name veth1c4c4c4
# One is plugged in, the other moves and is called eth0 where it arrives.
# without: L2.NO_MASTER
ip link set veth0c4c4c4 master br0
# without: L1.END_IN_HOST
ip link set veth1c4c4c4 netns c4
# without: L3.ADDR_LOST_ON_MOVE L3.NO_ADDR
ip -n c4 link set veth1c4c4c4 name eth0
# Only now, or the move would undo it: the address, both ends on, the way out.
# without: L3.ADDR_LOST_ON_MOVE L3.NO_ADDR
ip -n c4 address add "$C4/$LEN" dev eth0
# without: L1.PEER_DOWN
ip link set veth0c4c4c4 up
# without: L1.LINK_DOWN
ip -n c4 link set eth0 up
# without: L3.NO_DEFAULT
ip -n c4 route add default via "$GW"
