# expect: NAME.OTHER
# after: solution
ip link set veth0c4c4c4 down
ip link set veth0c4c4c4 name veth0c4c4c4f up
