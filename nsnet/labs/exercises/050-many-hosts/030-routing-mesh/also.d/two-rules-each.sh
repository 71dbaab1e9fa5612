# Two rules instead of a map; the choice is a number of its own.
for h in hA hB; do
  ip netns exec $h nft add table ip t
  ip netns exec $h nft add chain ip t pre '{ type nat hook prerouting priority -100; }'
  ip netns exec $h nft add rule ip t pre tcp dport $PORT numgen inc mod 2 0 dnat to $W1:80
  ip netns exec $h nft add rule ip t pre tcp dport $PORT dnat to $W2:80
done
ip netns exec hA nft add chain ip t post '{ type nat hook postrouting priority 100; }'
ip netns exec hA nft add rule ip t post oifname br0 ip saddr $UNDER masquerade
