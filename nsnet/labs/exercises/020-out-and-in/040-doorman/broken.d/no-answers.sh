# expect: FLT.NO_ESTABLISHED
# The call gets in, its answer does not get out.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; policy drop; }'
nft add rule ip filter forward ip daddr "$C1" tcp dport 80 accept
