"""The keys that are heard whatever window is in front: how they stand, and how they are chosen."""
