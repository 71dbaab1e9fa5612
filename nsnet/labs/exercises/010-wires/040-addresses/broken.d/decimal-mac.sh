# expect: L3.WRONG_MAC
# instead of: "$_M2"
ip -n c2 link set eth0 address "02:42:0a:0b:0c:0d"
