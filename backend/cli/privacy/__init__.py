"""Attacks on the release code itself: what it claims, beside what an attacker can show."""
