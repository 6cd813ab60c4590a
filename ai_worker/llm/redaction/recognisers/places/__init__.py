"""Streets, towns and coordinates of homes. It knows texts only."""
