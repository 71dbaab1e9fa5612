# expect: SYSCTL.ROUTE_LOCALNET
# instead of: route_localnet
# Set for the wrong interface: it counts where the packet leaves.
sysctl -w net.ipv4.conf.lo.route_localnet=1
