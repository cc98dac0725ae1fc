"""Pages of the area counter."""
