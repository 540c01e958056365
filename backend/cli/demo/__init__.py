"""What the demo shows: a drawn city, its streets, its people and what they report."""
