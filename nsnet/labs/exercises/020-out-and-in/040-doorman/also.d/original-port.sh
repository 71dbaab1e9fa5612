# By the port that the caller has used, which conntrack remembers; refuses instead of dropping.
nft add table ip door
nft add chain ip door fw '{ type filter hook forward priority 10; policy accept; }'
nft add rule ip door fw ct direction reply accept
nft add rule ip door fw ct state established accept
nft add rule ip door fw iifname != wan0 accept
nft add rule ip door fw ct original ip daddr 203.0.113.2 meta l4proto tcp ct original proto-dst "$PORT" accept
nft add rule ip door fw counter reject with icmp type admin-prohibited
