# expect: DNS.NXDOMAIN
rm -f /etc/resolv.conf
echo nameserver 127.0.0.11 > /etc/resolv.conf
