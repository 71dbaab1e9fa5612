# Around the faults instead of through them: smaller packets, a route, an accept before the drop.
nft insert rule ip fw through accept
ip -n app link set eth0 mtu 1400
ip -n web route add "$APP/32" dev eth0 mtu lock 1400
ip netns exec web sysctl -qw net.ipv4.conf.all.rp_filter=0
ip -n cache address del "$DB/16" dev eth0 2>/dev/null || true
ip -n cache address replace "$CACHE/16" dev eth0
ip -n cache route replace default via "$BACK_GW"
ip -n web neigh flush all
