# expect: L3.DUP_ADDR
# instead of: "$C3/$LEN"
ip -n c3 address add "$C2/$LEN" dev eth0
