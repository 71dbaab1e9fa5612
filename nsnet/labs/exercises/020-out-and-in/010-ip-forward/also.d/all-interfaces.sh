# By the name that ip_forward has among the interfaces' settings.
sysctl -q net/ipv4/conf/all/forwarding=1
