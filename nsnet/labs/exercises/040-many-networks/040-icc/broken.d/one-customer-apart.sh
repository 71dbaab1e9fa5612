# expect: FLT.OPEN
nft -f - <<END
table bridge apart {
    chain passing {
        type filter hook forward priority 0;
        ip saddr $C1 drop
        ip daddr $C1 drop
    }
}
END
