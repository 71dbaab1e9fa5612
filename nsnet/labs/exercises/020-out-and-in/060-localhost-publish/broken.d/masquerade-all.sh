# expect: NAT.MASQ_TOO_WIDE
# instead of: saddr "$NET"
nft add rule ip docker leaving masquerade
