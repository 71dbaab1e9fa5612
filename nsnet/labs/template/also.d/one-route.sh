# from inside of c1, with a route for that network alone
ip netns exec c1 ip address add "$C1/$LEN" broadcast + dev eth0
ip netns exec c1 ip route add 203.0.113.0/24 via "$GW" dev eth0
