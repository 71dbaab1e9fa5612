# expect: NAT.WRONG_HOOK
# A chain is not a hook because of its name: this one is never entered.
nft add table ip nat
nft add chain ip nat postrouting
nft add rule ip nat postrouting ip saddr "$NET" oifname != br0 masquerade
