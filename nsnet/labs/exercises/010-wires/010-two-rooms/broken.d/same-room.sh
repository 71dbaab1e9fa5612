# expect: NS.SAME
# instead of: netns add "$B"
touch "/run/netns/$B"
mount --bind "/run/netns/$A" "/run/netns/$B"
