# The router tells what is too large, and nft writes the size of the route into handshakes.
ip link set vpn0 mtu "$_WIDTH"
nft -f - <<END
table ip narrow {
    chain through {
        type filter hook forward priority -150;
        tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
    }
}
END
