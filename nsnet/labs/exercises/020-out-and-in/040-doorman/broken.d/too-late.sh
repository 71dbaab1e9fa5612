# expect: FLT.ORDER
# The dropping rule comes before those that accept.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; }'
nft add rule ip filter forward oifname br0 drop
nft add rule ip filter forward oifname br0 ip daddr "$C1" tcp dport 80 accept
nft add rule ip filter forward ct state established,related accept
