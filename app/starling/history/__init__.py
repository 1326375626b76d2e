"""Turns and utterances that outlive a crash."""
