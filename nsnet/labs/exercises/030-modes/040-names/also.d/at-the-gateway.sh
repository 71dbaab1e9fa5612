# In the manner of Podman: one resolver for the network, on the host, at the gateway's address.
printf '%s\n' "$WEBIP $WEB $WEB.shop" "$DBIP $DB $DB.shop" > /etc/netns/shop.names
names /etc/netns/shop.names --listen "$SGW:53" --forward 203.0.113.1 &
echo "nameserver $SGW" | tee "/etc/netns/$WEB/resolv.conf" > "/etc/netns/$DB/resolv.conf"
