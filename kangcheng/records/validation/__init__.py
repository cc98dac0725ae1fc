"""Is this a resource of R4, and one of ours?"""
