# expect: MESH.NO_SNAT
# until: daddr $HA
ip netns exec hA nft "table ip mesh { chain prerouting { type nat hook prerouting priority -100; ip daddr $HA tcp dport $PORT dnat to $HB:$PORT; }; }"
