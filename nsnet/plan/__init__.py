"""What has to be done: the steps, one driver per kind of network, the firewall as data, and
the difference between what is wanted and what the kernel has."""
