# expect: APP.NOT_LISTENING
# after: solution
# A new room by the old name: the program stays behind in the old one.
ip netns del "$VAULT"
ip netns add "$VAULT"
ip -n "$VAULT" link set lo up
