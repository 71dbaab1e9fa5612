# expect: DNS.WRONG_NS
printf '%s\n' "$WEBIP $WEB" "$DBIP $DB" > /etc/netns/shop.names
echo nameserver 127.0.0.11 > "/etc/netns/$WEB/resolv.conf"
echo nameserver 127.0.0.11 > "/etc/netns/$DB/resolv.conf"
names /etc/netns/shop.names --listen 127.0.0.11:53 --forward 203.0.113.1 &
sleep 0.5
