"""All tables of the module `work`, gathered for Django."""
