"""Pages of the module `records`."""
