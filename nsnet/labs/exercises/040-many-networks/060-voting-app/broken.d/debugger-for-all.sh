# expect: FLT.OPEN
# after: solution
nft "add rule ip in pre tcp dport 9229 dnat to $RESULT_F:9229"
