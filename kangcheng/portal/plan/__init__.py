"""Pages of the area plan."""
