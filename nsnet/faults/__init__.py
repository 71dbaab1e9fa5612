"""Breaking things on purpose, so that people learn to find what is wrong: each fault has the id of
the diagnosis that `nsnet why` gives it."""
