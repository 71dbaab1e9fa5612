# expect: FLT.DROP
# after: solution
nft add rule ip fw through ip daddr "$_DROPPED_IP" counter drop
nft 'add table ip mine; add chain ip mine fwd_ { type filter hook forward priority -10; }; add rule ip mine fwd_ accept'
