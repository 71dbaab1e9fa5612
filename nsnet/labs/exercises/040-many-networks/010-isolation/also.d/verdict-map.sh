# One map of pairs instead of rules, for both families.
nft -f - <<END
table inet apart {
    chain passing {
        type filter hook forward priority -10;
        iifname . oifname vmap { "$BR0" . "$BR1" : drop, "$BR1" . "$BR0" : drop }
    }
}
END
