# Without any resolver, as --link once did: hosts files. It passes, with a remark.
echo "$DBIP $DB" > "/etc/netns/$WEB/hosts"
echo "$WEBIP $WEB" > "/etc/netns/$DB/hosts"
