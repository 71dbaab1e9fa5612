# expect: MODE.MACVLAN_PARENT
# until: route add "$C1"
ip address add "$SPARE/$LEN" dev shim
