# expect: FLT.OPEN
# after: solution
nft delete table ip apart
ip link add j1 type veth peer name j2
ip link set j1 master br-front up
ip link set j2 master br-back up
