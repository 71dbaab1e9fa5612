# expect: FLT.OPEN
# after: solution
nft flush chain ip docker isolation
