# without: FLT.OPEN
nft add table ip doorman
# Whatever no rule allows is not forwarded.
# without: FLT.OPEN
nft add chain ip doorman forward '{ type filter hook forward priority 0; policy drop; }'
# Answers, and what belongs to a call that was allowed.
# without: FLT.NO_ESTABLISHED
nft add rule ip doorman forward ct state established,related accept
# Whatever the containers begin.
# without: FLT.POLICY_DROP
nft add rule ip doorman forward iifname br0 accept
# The published port: behind the DNAT it is c1's port 80.
# without: FLT.POLICY_DROP
nft add rule ip doorman forward oifname br0 ip daddr "$C1" tcp dport 80 accept
