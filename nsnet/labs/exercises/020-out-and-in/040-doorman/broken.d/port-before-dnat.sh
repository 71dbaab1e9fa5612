# expect: FLT.PRE_DNAT_PORT
# The port that the caller sees; here the packet has another one by now.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; policy drop; }'
nft add rule ip filter forward ct state established,related accept
nft add rule ip filter forward iifname br0 accept
nft add rule ip filter forward oifname br0 tcp dport "$PORT" accept
