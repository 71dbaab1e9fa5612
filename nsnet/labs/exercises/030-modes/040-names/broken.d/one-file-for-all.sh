# expect: DNS.LEAK
# after: solution
echo "$MAILIP $MAIL" >> /etc/netns/shop.names
