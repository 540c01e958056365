"""Finding what could identify a person in the words of a report."""
