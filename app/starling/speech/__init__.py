"""Engines of speech, one Protocol per family, one file per engine."""
