# expect: FLT.ROUTE_ONLY
ip -n db route delete default
ip -n app route delete default
nft delete rule ip docker leaving handle "$(nft -a list chain ip docker leaving | sed -n "/$BACKBR/s/.*handle //p")"
