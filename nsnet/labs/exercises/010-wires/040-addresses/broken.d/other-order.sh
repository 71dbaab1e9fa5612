# expect: L3.WRONG_ADDR
# after: solution
ip -n c1 address flush dev eth0
ip -n c3 address flush dev eth0
ip -n c1 address add "$C3/$LEN" dev eth0
ip -n c3 address add "$C1/$LEN" dev eth0
