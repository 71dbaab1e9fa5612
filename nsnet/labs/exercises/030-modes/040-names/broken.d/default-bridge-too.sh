# expect: DNS.LEAK
# after: solution
printf '%s\n' "$WEBIP $WEB" "$DBIP $DB" >> /etc/netns/old/hosts
