# expect: L3.PREFIX32
# instead of: "$B_IP/$LEN"
ip -n "$B" address add "$B_IP" dev eth0
