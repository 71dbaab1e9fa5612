# expect: ENV.PROMISC
# after: solution
# A virtual switch that delivers to this machine only what is for the MAC it gave it.
bridge -n switch fdb replace 02:42:00:00:00:02 dev to-host master static
bridge -n switch link set dev to-host learning off flood off
bridge -n switch fdb flush dev to-host dynamic || true
ip -n switch link set to-host down
ip -n switch link set to-host up
