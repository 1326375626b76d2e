"""How much of a core's program memory a kernel takes.

Estimates: there is no figure before the object is built. They are taken from the largest published size of such kernels
(drakosha/whisper-xdna README: a kernel of a whole block is near 10 KB of the 16). The size of a built object replaces
them (``building``).
"""

from __future__ import annotations

GEMM_PROGRAM = 9 << 10
"""Bytes: zero, multiply, columns, store with the polynomial of GELU."""
ROWS_PROGRAM = 6 << 10
"""Bytes: one row operator."""
