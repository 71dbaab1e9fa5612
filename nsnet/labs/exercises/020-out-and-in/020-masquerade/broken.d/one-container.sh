# expect: NAT.NO_MASQ
# instead of: masquerade
# c1 was tested, c2 forgotten.
nft add rule ip mine out ip saddr "$C1" oifname wan0 masquerade
