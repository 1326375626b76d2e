"""Starling's NPU kernels: IRON designs and their C++ cores. Needs NumPy and mlir-aie's ``aie``, nothing of Starling."""
