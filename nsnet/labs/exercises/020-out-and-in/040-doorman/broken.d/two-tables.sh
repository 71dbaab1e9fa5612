# expect: FLT.POLICY_DROP
# needs: iptables
# Accepting in another table does not help: each base chain has to let it pass.
iptables -P FORWARD DROP
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -i br0 -j ACCEPT
nft add table ip mine
nft add chain ip mine forward '{ type filter hook forward priority -10; }'
nft add rule ip mine forward ip daddr "$C1" tcp dport 80 accept
