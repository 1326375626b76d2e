"""Child processes that talk in frames over pipes: the ground of audio/ and engine/."""
