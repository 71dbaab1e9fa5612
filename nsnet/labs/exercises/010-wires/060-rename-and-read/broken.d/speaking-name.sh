# expect: NAME.OTHER
# after: solution
# Handier, but not what Docker does.
ip link set veth0c4c4c4 down
ip link set veth0c4c4c4 name veth-c4
ip link set veth-c4 up
