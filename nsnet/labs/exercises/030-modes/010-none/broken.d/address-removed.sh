# expect: MODE.NOT_NONE
# instead of: ip link del
ip -n "$VAULT" address flush dev eth0
