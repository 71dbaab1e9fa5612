# expect: NAT.WRONG_HOOK
# In the input hook the kernel takes a snat, too; a packet for others does not come by.
nft add table ip nat
nft add chain ip nat input '{ type nat hook input priority 100; }'
nft add rule ip nat input ip saddr "$NET" snat to 203.0.113.2
