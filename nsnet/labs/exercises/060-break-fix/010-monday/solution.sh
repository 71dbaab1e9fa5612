# Which one it is differs from attempt to attempt; look before you type.
# without: L1.PEER_DOWN L2.BRIDGE_DOWN L2.NO_MASTER
case $_FAULT in
cable) ip link set veth-redis up ;;
switch) ip link set br0 up ;;
plug) ip link set veth-redis master br0 ;;
esac
