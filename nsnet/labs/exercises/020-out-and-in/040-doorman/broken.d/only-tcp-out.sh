# expect: FLT.POLICY_DROP
# instead of: iifname br0
# Only tcp gets out: no ping, no DNS.
nft add rule ip doorman forward iifname br0 meta l4proto tcp accept
