# expect: NET.ISOLATED
ip link set "veth$X" master docker0
ip -n alpine4 address flush dev eth0
ip -n alpine4 address add "$B4/$LEN0" dev eth0
ip -n alpine4 route add default via "$GW0"
