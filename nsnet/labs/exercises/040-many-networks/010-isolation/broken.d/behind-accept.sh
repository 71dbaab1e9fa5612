# expect: FLT.ORDER
nft add rule ip docker passing iifname "$BR0" oifname "$BR1" counter drop
nft add rule ip docker passing iifname "$BR1" oifname "$BR0" counter drop
