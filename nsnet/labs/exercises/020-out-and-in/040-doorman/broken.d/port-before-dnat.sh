# expect: FLT.PRE_DNAT_PORT
# instead of: tcp dport 80
# The port that the caller sees; here the packet has another one by now.
nft add rule ip doorman forward oifname br0 tcp dport "$PORT" accept
