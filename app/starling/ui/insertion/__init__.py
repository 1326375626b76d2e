"""The Insertion doctor and the scratchpad."""
