# expect: FLT.ROUTE_ONLY
# until: nft -f -
