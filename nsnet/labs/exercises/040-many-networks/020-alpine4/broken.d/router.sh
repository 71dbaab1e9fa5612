# expect: SYSCTL.CTR_FORWARDS
# after: solution
ip netns exec alpine4 sysctl -w net.ipv4.ip_forward=1
ip -n alpine1 route add "$NET0" via "$A4"
ip -n alpine3 route add "$NET1" via "$B4"
