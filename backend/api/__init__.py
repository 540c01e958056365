"""The doors: each view parses, calls one step or one query, and answers."""
