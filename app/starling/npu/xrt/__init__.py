"""Our own kernels on the NPU, through XRT's Python binding."""
