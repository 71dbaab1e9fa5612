# A table of its own, so that the order within the existing one does not matter: drop is final.
# without: FLT.OPEN
nft -f - <<'END'
table ip isolation {
    chain passing {
        type filter hook forward priority 0; policy accept;
    }
}
END
# From the first network nothing is forwarded to the second,
# without: FLT.ONE_WAY
nft add rule ip isolation passing iifname "$BR0" oifname "$BR1" counter drop
# and from the second nothing to the first: a datagram needs no answer.
# without: FLT.ONE_WAY
nft add rule ip isolation passing iifname "$BR1" oifname "$BR0" counter drop
