# expect: L2.HAIRPIN_OFF
bridge link set dev "veth$_X2" hairpin on
nft add rule ip docker leaving ip saddr "$C1" ip daddr "$C1" tcp dport 80 masquerade
