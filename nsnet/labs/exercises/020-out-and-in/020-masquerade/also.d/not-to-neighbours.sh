# By destination: everything but the own network; random source ports, with a counter.
nft add table ip nat
nft add chain ip nat POSTROUTING '{ type nat hook postrouting priority srcnat; }'
nft add rule ip nat POSTROUTING ip saddr "$NET" ip daddr != "$NET" counter masquerade random
