"""Forgetting: what is over its term is erased, and how far that has come is noted."""
