"""How long operations take, what engines hold of memory, and XRT's own log."""
