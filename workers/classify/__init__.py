"""Proposing labels, urgency and language for a report's redacted words; never deciding."""
