# Bridged frames do not pass the rules: then the host routes it, and no port has to turn it round.
sysctl -w net.bridge.bridge-nf-call-iptables=0
nft insert rule ip docker leaving iifname br0 oifname br0 ct status dnat masquerade
