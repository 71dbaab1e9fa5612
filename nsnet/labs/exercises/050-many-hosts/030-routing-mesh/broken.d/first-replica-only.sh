# expect: MESH.ONE_SIDED
ip netns exec hB nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HB tcp dport $PORT dnat to $W1:80; }; }"
ip netns exec hA nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HA tcp dport $PORT dnat to $W1:80; }; }"
ip netns exec hA nft 'table ip mesh { chain postrouting { type nat hook postrouting priority 100; ct status dnat oifname "br0" masquerade; }; }'
