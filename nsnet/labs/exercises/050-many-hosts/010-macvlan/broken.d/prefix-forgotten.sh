# expect: L3.PREFIX32
# instead of: "$C1/$LEN"
# instead of: "$C2/$LEN"
ip -n c1 address add "$C1" dev eth0
ip -n c2 address add "$C2" dev eth0
