# The host rewrites the address alone, and the container the port.
# needs: iptables
iptables-nft -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport "$PORT" -j DNAT --to-destination "$C1"
ip netns exec c1 iptables-nft -t nat -A PREROUTING -p tcp --dport "$PORT" -j REDIRECT --to-ports "$INNER"
