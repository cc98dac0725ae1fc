"""What the screens of institutions show, and when each last asked for it."""
