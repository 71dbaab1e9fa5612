# By chance instead of by turns, and a fixed source instead of masquerade: the same on both hosts.
mesh() { ip netns exec "$1" nft -f -; }
mesh hA <<END
table inet ingress {
  chain in { type nat hook prerouting priority dstnat; fib daddr type local tcp dport $PORT dnat ip to numgen random mod 2 map { 0 : $W1 . 80, 1 : $W2 . 80 }
  }
  chain out { type nat hook postrouting priority srcnat; ip daddr $NET ct status dnat snat ip to $GA
  }
}
END
mesh hB <<END
table inet ingress {
  chain in { type nat hook prerouting priority dstnat; fib daddr type local tcp dport $PORT dnat ip to numgen random mod 2 map { 0 : $W1 . 80, 1 : $W2 . 80 }
  }
  chain out { type nat hook postrouting priority srcnat; ip daddr $NET ct status dnat snat ip to $GB
  }
}
END
