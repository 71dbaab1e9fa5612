# expect: MTU.BLACKHOLE
nft add table ip clamp
nft add chain ip clamp forward '{ type filter hook forward priority 0; }'
nft add rule ip clamp forward tcp flags syn tcp option maxseg size set $((_WIDTH - 40))
