# expect: NAT.MASQ_TOO_WIDE
# "It works": for the internet. Neighbours all look like the gateway now.
nft add table ip nat
nft add chain ip nat postrouting '{ type nat hook postrouting priority 100; }'
nft add rule ip nat postrouting masquerade
