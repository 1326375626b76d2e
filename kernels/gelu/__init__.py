"""GELU of a flat run of values."""
