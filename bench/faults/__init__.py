"""Kill the server, the worker and the database again and again under load, then compare what was acknowledged with what is there."""
