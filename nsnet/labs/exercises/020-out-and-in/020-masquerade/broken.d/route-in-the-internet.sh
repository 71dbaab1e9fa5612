# expect: NAT.NOT_HIDDEN
# It would work, if the internet were ours.
ip -n outside route add "$NET" via 203.0.113.2
