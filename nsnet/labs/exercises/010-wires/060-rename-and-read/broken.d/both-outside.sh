# expect: L1.END_IN_HOST
# until: netns c4
ip link set veth0c4c4c4 up
ip link set veth1c4c4c4 up
ip address add "$C4/$LEN" dev veth1c4c4c4
