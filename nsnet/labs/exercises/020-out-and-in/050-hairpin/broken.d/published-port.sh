# expect: NAT.HAIRPIN_NO_MASQ
# postrouting comes after DNAT: the port is 80 there.
bridge link set dev "veth$_X1" hairpin on
nft add rule ip docker leaving ip saddr "$C1" tcp dport "$PORT" masquerade
