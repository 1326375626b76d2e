"""The residual sum."""
