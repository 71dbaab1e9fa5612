# expect: NAT.MASQ_TOO_WIDE
bridge link set dev "veth$X1" hairpin on
nft add rule ip docker leaving ip saddr "$NET" masquerade
