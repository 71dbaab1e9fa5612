# The policy stays accept, the last rule drops; only what goes to the containers is looked at.
nft add table ip filter
nft add chain ip filter FORWARD '{ type filter hook forward priority 0; policy accept; }'
nft add rule ip filter FORWARD iifname wan0 oifname br0 ct state new ip daddr "$C1" tcp dport 80 accept
nft add rule ip filter FORWARD iifname wan0 oifname br0 ct state new,invalid drop
