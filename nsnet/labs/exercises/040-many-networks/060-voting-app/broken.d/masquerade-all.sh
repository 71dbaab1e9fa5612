# expect: NAT.MASQ_TOO_WIDE
# after: solution
nft add rule ip out post masquerade
