# expect: L3.WRONG_ADDR
# instead of: "$A_IP/$LEN"
# instead of: "$B_IP/$LEN"
ip -n "$A" address add "$A_IP/28" dev eth0
ip -n "$B" address add "$B_IP/28" dev eth0
