# expect: MTU.RAISED
ip -n vpn link set to-customer mtu 1500
ip -n vpn link set to-office mtu 1500
