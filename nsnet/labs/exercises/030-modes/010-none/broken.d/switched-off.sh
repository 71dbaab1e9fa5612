# expect: MODE.NOT_NONE
# instead of: ip link del
ip -n "$VAULT" link set eth0 down
