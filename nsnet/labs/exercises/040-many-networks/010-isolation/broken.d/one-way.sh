# expect: FLT.ONE_WAY
nft insert rule ip docker passing iifname "$BR0" oifname "$BR1" counter drop
