"""How fast a register of a million rows lists, filters and takes a file in."""
