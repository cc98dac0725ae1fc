"""Pages of registers: made from the entries alone."""
