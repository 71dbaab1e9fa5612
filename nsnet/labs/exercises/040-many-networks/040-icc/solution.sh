# The bridge is a switch: it is told which of its ports may not exchange frames.
# An isolated port still reaches the bridge itself, the gateway, and ports that are not isolated.
# without: L2.ONE_ISOLATED
bridge link set dev veth-c1 isolated on
# without: L2.ONE_ISOLATED
bridge link set dev veth-c2 isolated on
# without: L2.ONE_ISOLATED
bridge link set dev veth-c3 isolated on
