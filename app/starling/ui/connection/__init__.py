"""Connecting a language model, and the question before it changes something."""
