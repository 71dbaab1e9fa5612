# expect: ANSWER.STRANGER
# after: solution
nft flush chain ip in pre
nft "add rule ip in pre tcp dport 8080 dnat to $RESULT_F:80"
nft "add rule ip in pre tcp dport 8081 dnat to $VOTE_F:80"
