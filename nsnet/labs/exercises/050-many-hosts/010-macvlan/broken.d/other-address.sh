# expect: L3.NO_SUCH_HOST
# instead of: "$C1/$LEN"
ip -n c1 address add "$SPARE/$LEN" dev eth0
