# expect: MESH.NO_SNAT
# instead of: masquerade
ip netns exec hB nft 'table ip mesh { chain postrouting { type nat hook postrouting priority 100; ct status dnat oifname "br0" masquerade; }; }'
