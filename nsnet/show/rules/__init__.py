"""The firewall for a reader: rules in the order in which a packet meets them, with what each is
for, what it has counted, and which rule of Docker it stands for."""
