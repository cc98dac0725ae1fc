"""How many messages a second the inbox takes."""
