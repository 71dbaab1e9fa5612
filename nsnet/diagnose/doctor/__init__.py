"""Is this machine fit for networks of containers, and are those that stand in order? Each module
looks at one subject; nothing is changed."""
