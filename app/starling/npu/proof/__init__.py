"""Proof before trust: what an accelerator has to show on this machine before ``auto`` uses it."""
