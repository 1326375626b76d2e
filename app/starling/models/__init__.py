"""Model folders: find, verify, convert."""
