"""What can be said of registers without a database: definitions, formulas, cells, rows, lake tables. Pure."""
