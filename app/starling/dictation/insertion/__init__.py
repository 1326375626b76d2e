"""Putting a text where the cursor is: ways, the choice between them, and what is remembered of their failures."""
