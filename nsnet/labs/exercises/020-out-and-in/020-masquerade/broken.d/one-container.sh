# expect: NAT.NO_MASQ
# c1 was tested, c2 forgotten.
nft add table ip nat
nft add chain ip nat postrouting '{ type nat hook postrouting priority 100; }'
nft add rule ip nat postrouting ip saddr "$C1" oifname wan0 masquerade
