"""The main window: what is said to Starling, what it does, and how it is told to."""
