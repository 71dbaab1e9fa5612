# expect: MODE.MACVLAN_PARENT
# until: name shim
