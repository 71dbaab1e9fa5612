"""lock → load intent → observe → plan → apply or roll back → record."""
