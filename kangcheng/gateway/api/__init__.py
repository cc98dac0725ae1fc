"""The city API: JSON with OpenAPI."""
