# expect: L3.DUP_ADDR
# instead of: address add
ip -n c4 address add "$WHO/$LEN" dev eth0
