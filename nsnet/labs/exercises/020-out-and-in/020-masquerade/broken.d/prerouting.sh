# expect: NAT.NO_MASQ
# The kernel refuses masquerade here: "Operation not supported". Who does not read that has no rule.
nft add table ip nat
nft add chain ip nat prerouting '{ type nat hook prerouting priority -100; }'
nft add rule ip nat prerouting ip saddr "$NET" masquerade || true
