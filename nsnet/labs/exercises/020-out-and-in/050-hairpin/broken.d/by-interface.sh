# expect: NAT.HAIRPIN_NO_MASQ
# A bridged frame has no incoming interface in postrouting: the rule never matches.
bridge link set dev "veth$_X1" hairpin on
nft add rule ip docker leaving iifname br0 oifname br0 ct status dnat masquerade
