# expect: L3.DUP_ADDR
# after: solution
ip -n "$C" address add "$B_IP/$LEN" dev eth0
