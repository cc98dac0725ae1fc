"""Resources as they are kept: versions, never overwritten."""
