"""What is wanted: the model, compose files, addresses and names. No kernel in here."""
