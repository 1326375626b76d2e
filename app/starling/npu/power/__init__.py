"""The power mode of the NPU: read by anybody, set by root, on mains and on battery."""
