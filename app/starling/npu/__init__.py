"""What is known of the NPU."""
