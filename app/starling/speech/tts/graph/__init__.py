"""Kokoro's graph, rewritten without the package onnx: its 24 MB would be installed for a handful of edits."""
