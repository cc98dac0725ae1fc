"""Pages of the area performance."""
