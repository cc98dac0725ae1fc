"""Other systems that may speak to ours: what each may do, for which institution, and its tokens."""
