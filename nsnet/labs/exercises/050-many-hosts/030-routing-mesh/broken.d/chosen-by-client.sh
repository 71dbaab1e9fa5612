# expect: MESH.ONE_SIDED
# instead of: daddr $HA
ip netns exec hA nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HA tcp dport $PORT dnat to jhash ip saddr mod 2 map { 0 : $W1 . 80, 1 : $W2 . 80 }; }; }"
