"""What was recognised becomes what is written: pure but for :mod:`store` and :mod:`languages`, which read files."""
