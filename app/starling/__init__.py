"""Starling: hears, answers and speaks, on this machine."""

__version__ = "0.1.0"
