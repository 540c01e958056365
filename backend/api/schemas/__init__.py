"""What goes in and out of the doors, one file of schemas beside each blueprint."""
