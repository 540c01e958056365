"""The verbs that doors call, one a file; none imports another."""
