"""The kinds of steps that break a thing on purpose, and know exactly how to mend it."""
