"""How fast the synthetic city is made, and in how much memory."""
