"""Softmax along rows, with columns that do not count."""
