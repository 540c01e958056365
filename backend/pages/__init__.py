"""What people see: the residents' web app, the moderators' console and the map."""
