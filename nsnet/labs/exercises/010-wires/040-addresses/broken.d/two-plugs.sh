# expect: IPAM.OVERLAP
# after: solution
ip link add other type bridge
ip address add "${NET%.*}.254/$LEN" dev other
ip link set other up
