"""The page of voices: every voice of every tier, heard before it is chosen."""
