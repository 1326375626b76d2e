"""Dictation: the keys that begin it, the text it makes, and how that gets to where the cursor is. No Qt."""
