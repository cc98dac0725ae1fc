"""Pages that anybody may open without logging in: they show what is public and nothing about a person."""
