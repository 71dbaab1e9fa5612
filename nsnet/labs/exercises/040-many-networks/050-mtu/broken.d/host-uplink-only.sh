# expect: MTU.MSS
ip link set vpn0 mtu "$_WIDTH"
