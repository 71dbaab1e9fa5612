# expect: FLT.OPEN
# The port is right, but it is open for every container.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; policy drop; }'
nft add rule ip filter forward ct state established,related accept
nft add rule ip filter forward iifname br0 accept
nft add rule ip filter forward oifname br0 tcp dport 80 accept
