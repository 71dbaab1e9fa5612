# expect: L3.WRONG_ADDR
# instead of: "$A_IP/$LEN"
ip -n "$A" address add "$B_IP/$LEN" dev eth0
