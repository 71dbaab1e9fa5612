# By the route: the interface may send 1500 bytes to its neighbours, but not beyond the gateway.
for c in c1 c2; do ip -n "$c" route replace default via "$GW" mtu "$_WIDTH"; done
