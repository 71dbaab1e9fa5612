"""The kinds of steps, a module per noun."""
