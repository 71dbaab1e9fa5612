"""A picture of a host's networking as values: who is wired to what, whoever made it."""
