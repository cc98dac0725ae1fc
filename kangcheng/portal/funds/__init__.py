"""Pages of the area funds."""
