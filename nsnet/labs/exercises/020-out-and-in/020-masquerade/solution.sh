# A table of our own: nobody else's rules are in the way.
# without: NAT.NO_MASQ
nft add table ip mine
# Sources are rewritten at the very end, when the outgoing interface is known.
# without: NAT.NO_MASQ
nft add chain ip mine out '{ type nat hook postrouting priority 100; }'
# Containers' packets, but only those that leave their own network.
# without: NAT.NO_MASQ
nft add rule ip mine out ip saddr "$NET" oifname != br0 masquerade
