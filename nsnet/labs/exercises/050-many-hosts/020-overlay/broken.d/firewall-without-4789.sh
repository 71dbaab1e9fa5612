# expect: VX.UNDERLAY
# after: solution
ip netns exec hB nft 'table inet fw { chain in { type filter hook input priority 0; policy drop; ct state established,related accept; iifname lo accept; meta l4proto icmp accept; tcp dport 22 accept; }; }'
