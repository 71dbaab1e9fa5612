# expect: FLT.POLICY_DROP
# The containers' own calls are forgotten.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; policy drop; }'
nft add rule ip filter forward ct state established,related accept
nft add rule ip filter forward ip daddr "$C1" tcp dport 80 accept
