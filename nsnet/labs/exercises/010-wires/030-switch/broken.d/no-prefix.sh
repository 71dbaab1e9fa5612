# expect: L3.PREFIX32
# after: solution
ip -n "$B" address flush dev eth0
ip -n "$B" address add "$B_IP" dev eth0
