# expect: DNS.STALE
# after: solution
printf '%s\n' "$WEBIP $WEB" "$SGW $DB" > /etc/netns/shop.names
