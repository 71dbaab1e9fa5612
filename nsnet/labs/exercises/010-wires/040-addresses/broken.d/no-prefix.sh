# expect: L3.PREFIX32
# instead of: "$C1/$LEN"
ip -n c1 address add "$C1" dev eth0
