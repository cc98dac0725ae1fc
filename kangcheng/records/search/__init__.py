"""What resources are found by, and the searches that find them."""
