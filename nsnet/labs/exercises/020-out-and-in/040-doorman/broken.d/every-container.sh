# expect: FLT.OPEN
# instead of: tcp dport 80
# The port is right, but it is open for every container.
nft add rule ip doorman forward oifname br0 tcp dport 80 accept
