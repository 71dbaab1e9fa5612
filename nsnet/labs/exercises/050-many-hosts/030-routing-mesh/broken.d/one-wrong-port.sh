# expect: MESH.NOT_ALWAYS
# instead of: daddr $HB
ip netns exec hB nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HB tcp dport $PORT dnat to numgen inc mod 2 map { 0 : $W1 . 80, 1 : $W2 . 81 }; }; }"
