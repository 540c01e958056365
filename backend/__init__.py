"""Answers people: the doors, the pages, the verbs behind them and what is stored."""
