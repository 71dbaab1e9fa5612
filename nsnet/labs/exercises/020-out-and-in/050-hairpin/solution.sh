# The bridge must send frames back out of c1's port.
# without: L2.HAIRPIN_OFF
bridge link set dev "veth$_X1" hairpin on
# What the network's own containers send to a published port turns round on the bridge: it comes
# home under the host's address, else c1 would not believe it, and the answer would not pass here.
# without: NAT.HAIRPIN_NO_MASQ
nft add rule ip docker leaving ip saddr "$NET" oifname br0 ct status dnat masquerade
