# expect: FLT.ROUTE_ONLY
# until: nft -f -
nft delete rule ip docker leaving handle "$(nft -a list chain ip docker leaving | sed -n "/$BACKBR/s/.*handle //p")"
