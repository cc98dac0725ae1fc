"""Pages of the module `work`."""
