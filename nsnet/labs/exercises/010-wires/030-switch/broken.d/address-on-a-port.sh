# expect: L2.IP_ON_PORT
# after: solution
ip address add "${NET%.*}.1/$LEN" dev veth-a
