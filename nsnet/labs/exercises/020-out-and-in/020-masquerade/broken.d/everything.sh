# expect: NAT.MASQ_TOO_WIDE
# instead of: masquerade
# "It works": for the internet. Neighbours all look like the gateway now.
nft add rule ip mine out masquerade
