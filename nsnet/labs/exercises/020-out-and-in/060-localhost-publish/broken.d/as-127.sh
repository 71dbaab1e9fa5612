# expect: NAT.LOCAL_SRC
# until: saddr 127.0.0.0/8
