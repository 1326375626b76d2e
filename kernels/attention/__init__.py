"""Attention as a chain of other operators."""
