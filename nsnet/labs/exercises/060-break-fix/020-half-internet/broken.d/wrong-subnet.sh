# expect: NAT.NO_MASQ
# after: solution
nft flush chain ip nat post
nft add rule ip nat post ip saddr 10.0.0.0/8 oifname != br0 counter masquerade
