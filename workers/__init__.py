"""Work behind the doors: anonymise, classify and publish, woken by a report's state."""
