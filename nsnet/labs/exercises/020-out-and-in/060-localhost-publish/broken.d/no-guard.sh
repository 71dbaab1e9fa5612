# expect: SEC.REMOTE_LOOPBACK
# after: solution
nft flush chain ip docker guard
