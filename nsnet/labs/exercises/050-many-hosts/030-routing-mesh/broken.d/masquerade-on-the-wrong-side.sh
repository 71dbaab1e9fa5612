# expect: MESH.NO_SNAT
# instead of: masquerade
ip netns exec hA nft 'table ip mesh { chain postrouting { type nat hook postrouting priority 100; oifname "eth0" masquerade; }; }'
