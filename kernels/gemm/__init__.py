"""C = A @ B on the whole array."""
