# expect: L3.PREFIX32
# instead of: "$A_IP/$LEN"
# instead of: "$B_IP/$LEN"
ip -n "$A" address add "$A_IP" dev eth0
ip -n "$B" address add "$B_IP" dev eth0
