"""The transcript: turns as values, and the rows that show them."""
