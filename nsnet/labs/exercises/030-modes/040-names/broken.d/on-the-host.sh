# expect: DNS.WRONG_NS
# until: "$WEB" names
names /etc/netns/shop.names --listen 127.0.0.11:53 --forward 203.0.113.1 &
sleep 0.5
