# The other way round: the two change places, so that the rules are right again.
ip -n cache address flush dev eth0
ip -n web address flush dev eth0
ip -n web address add "$OLD/$LEN" dev eth0
ip -n cache address add "$WEB/$LEN" dev eth0
for x in web cache; do ip -n $x route add default via "$GW"; done
ip neigh flush dev br0
