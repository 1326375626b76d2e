"""Starling: hears, answers and speaks, on this machine."""
