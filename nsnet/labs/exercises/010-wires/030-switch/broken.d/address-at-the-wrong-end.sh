# expect: L3.NO_ADDR
# after: solution
ip address add "$C_IP/$LEN" dev veth-c
ip -n "$C" address flush dev eth0
