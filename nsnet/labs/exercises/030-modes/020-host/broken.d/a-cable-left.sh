# expect: MODE.LINKS_CHANGED
# after: solution
ip link add veth-web type veth peer name eth0-web
