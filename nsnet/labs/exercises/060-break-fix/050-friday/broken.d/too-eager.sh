# expect: NAT.NO_MASQ
# after: solution
nft flush ruleset
