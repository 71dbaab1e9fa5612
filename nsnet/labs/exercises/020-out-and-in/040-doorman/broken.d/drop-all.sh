# expect: FLT.POLICY_DROP
# Shut is shut: for the published port as well.
nft add table ip filter
nft add chain ip filter forward '{ type filter hook forward priority 0; policy drop; }'
