# First the symptoms: reset, or silence.
# without: ANSWER.MISSING
answer shop "$_SHOP_SAYS"
# without: ANSWER.MISSING
answer blog "$_BLOG_SAYS"
# without: ANSWER.MISSING
answer wiki "$_WIKI_SAYS"
# The program on loopback gets a brother on the address that can be called.
# without: APP.LOOPBACK_ONLY NAT.DNAT_REFUSED
ip netns exec "$_LOOPED" serve --name "$_LOOPED" "$_LOOPED_IP:80" > /dev/null 2>&1 & sleep 0.5
# The rule in the way: it is the last one of its chain.
# without: FLT.DROP
nft flush chain ip fw through
# The translation leads to the port that the program listens on.
# without: NAT.DNAT_REFUSED
nft insert rule ip fw pre ip daddr 203.0.113.2 tcp dport "$_WRONG_PORT" counter dnat to "$_WRONG_IP:80"
