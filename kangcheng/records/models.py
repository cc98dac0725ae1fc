"""All tables of the module `records`, gathered for Django."""
