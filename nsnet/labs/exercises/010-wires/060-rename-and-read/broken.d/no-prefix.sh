# expect: L3.PREFIX32
# instead of: address add
ip -n c4 address add "$C4" dev eth0
