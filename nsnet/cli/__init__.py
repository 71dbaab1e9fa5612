"""The commands, a module per group; heavy imports happen inside the functions."""
