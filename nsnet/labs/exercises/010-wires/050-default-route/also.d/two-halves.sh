# Two halves of the world instead of one default route, as VPN clients do it.
ip netns exec "$A" ip route add 0.0.0.0/1 via "$GW"
ip netns exec "$A" ip route add 128.0.0.0/1 via "$GW"
ip netns exec "$B" ip route add 0.0.0.0/1 via "$GW"
ip netns exec "$B" ip route add 128.0.0.0/1 via "$GW"
