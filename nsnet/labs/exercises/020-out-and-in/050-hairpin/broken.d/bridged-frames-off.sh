# expect: NAT.BRNF_SHORTCUT
# The rule for c1 alone, and a tip from the internet that makes it work without hairpin.
nft add rule ip docker leaving ip saddr "$C1" ip daddr "$C1" tcp dport 80 masquerade
sysctl -w net.bridge.bridge-nf-call-iptables=0
