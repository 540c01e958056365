"""Taking people out of what residents send: out of their words and their photos."""
