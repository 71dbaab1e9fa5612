# expect: L2.IP_ON_PORT
# instead of: dev br0
ip address add "$GW/$LEN" dev veth-c1
