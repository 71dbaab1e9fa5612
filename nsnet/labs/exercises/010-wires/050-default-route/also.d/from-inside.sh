# From inside, with the words of net-tools, and in one batch.
# needs: route
nsenter --net=/run/netns/c1 route add default gw "$GW"
ip -n c2 -batch - <<END
route add 0.0.0.0/0 via $GW src $C2
END
