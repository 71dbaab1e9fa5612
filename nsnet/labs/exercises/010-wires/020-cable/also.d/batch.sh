# In one go (ip -batch), by the name eth0, the order turned round; a MAC of its own.
ip -batch - <<END
link add name eth0 address 02:42:ac:11:00:02 netns $A type veth peer name eth0 address 02:42:ac:11:00:03 netns $B
END
ip -n "$B" -batch - <<END
link set eth0 up
address add $B_IP/$LEN dev eth0
END
ip -n "$A" -batch - <<END
link set eth0 up
address add $A_IP/$LEN dev eth0
END
