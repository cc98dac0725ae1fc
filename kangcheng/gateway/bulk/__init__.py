"""Many resources at once, in the background: out as NDJSON files, in from one. A job that is interrupted goes on where it was."""
