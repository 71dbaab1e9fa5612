# expect: FLT.POLICY_DROP
# Only tcp gets out: no ping, no DNS.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; policy drop; }'
nft add rule ip filter forward ct state established,related accept
nft add rule ip filter forward iifname br0 meta l4proto tcp accept
nft add rule ip filter forward ip daddr "$C1" tcp dport 80 accept
