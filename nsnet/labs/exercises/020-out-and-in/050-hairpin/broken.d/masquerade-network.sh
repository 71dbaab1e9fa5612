# expect: NAT.MASQ_TOO_WIDE
bridge link set dev "veth$_X1" hairpin on
nft add rule ip docker leaving ip saddr "$NET" masquerade
