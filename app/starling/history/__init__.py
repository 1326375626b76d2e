"""Utterances and turns that outlive a crash."""
