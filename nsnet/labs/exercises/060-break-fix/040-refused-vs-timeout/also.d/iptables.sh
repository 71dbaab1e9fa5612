# With iptables-nft: the old table goes; loopback is reached by a translation inside the room.
# needs: iptables
answer shop "$_SHOP_SAYS"; answer blog "$_BLOG_SAYS"; answer wiki "$_WIKI_SAYS"
nft delete table ip fw
for x in "8001 $SHOP" "8002 $BLOG" "8003 $WIKI"; do
    set -- $x
    iptables -t nat -A PREROUTING -d 203.0.113.2 -p tcp --dport "$1" -j DNAT --to-destination "$2:80"
done
ip netns exec "$_LOOPED" sysctl -qw net.ipv4.conf.eth0.route_localnet=1
ip netns exec "$_LOOPED" iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:80
