# expect: L3.PREFIX32
# instead of: "$B4/$LEN0"
ip -n alpine4 address add "$B4" dev eth1
