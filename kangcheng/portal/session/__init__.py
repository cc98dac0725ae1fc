"""Log-in, second factor, password and the user's own page."""
