# expect: MESH.NO_SNAT
ip netns exec hB nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HB tcp dport $PORT dnat to numgen inc mod 2 map { 0 : $W1 . 80, 1 : $W2 . 80 }; }; }"
ip netns exec hA nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HA tcp dport $PORT dnat to numgen inc mod 2 map { 0 : $W1 . 80, 1 : $W2 . 80 }; }; }"
ip netns exec hB nft 'table ip mesh { chain postrouting { type nat hook postrouting priority 100; ct status dnat oifname "br0" masquerade; }; }'
