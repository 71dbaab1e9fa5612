# expect: NAT.MASQ_TOO_WIDE
# Bridged frames pass the rules too: whoever calls c1 directly is hidden as well.
bridge link set dev "veth$_X1" hairpin on
nft add rule ip docker leaving ip saddr "$NET" ip daddr "$C1" masquerade
