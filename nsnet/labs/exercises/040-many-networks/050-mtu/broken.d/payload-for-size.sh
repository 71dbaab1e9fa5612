# expect: MTU.TOO_SMALL
ip -n c1 link set eth0 mtu $((_WIDTH - 28))
ip -n c2 link set eth0 mtu $((_WIDTH - 28))
