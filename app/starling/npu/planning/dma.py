"""Whether a transfer fits into one buffer descriptor."""

from __future__ import annotations

from collections.abc import Sequence

from starling.npu.planning.limits import WORD_BYTES, Dma
from starling.npu.planning.refusal import Refusal, Refused, within


def check_transfer(what: str, dma: Dma, sizes: Sequence[int], strides: Sequence[int], element: int) -> None:
    """Check a transfer of a tile's DMA.

    Args:
        what: for the message.
        dma: of the tile.
        sizes: in elements, outermost first; the first one is the repetition when there is one more than ``dma.dims``.
        strides: alike.
        element: its bytes.

    Raises:
        Refused: says the dimension and its limit.
    """
    if _dense(sizes, strides):
        _granular(what, "a size", sizes[-1] * element)
        return
    inner = list(zip(sizes, strides, strict=True))
    repetition = inner.pop(0) if len(inner) > dma.dims else (1, 0)
    within("dma", f"{what}: the dimensions", len(inner), dma.dims, "sizes")
    within("dma", f"{what}: the repetition", repetition[0], dma.repeat, "times")
    _granular(what, "the innermost size", sizes[-1] * element)
    for number, (size, stride) in enumerate(reversed(inner)):
        count = size * element // WORD_BYTES if number == 0 else size
        unlimited = number == 2 and dma.dims == 3  # derived from the length
        if not unlimited:
            within("dma", f"{what}: size {number}", count, dma.size, "words" if number == 0 else "steps", _FACTOR)
        _stride(what, dma, stride, element, innermost=number == 0)
    _stride(what, dma, repetition[1], element)


_FACTOR = "Lay the matrix in tiles beforehand, or use smaller tiles."


def _stride(what: str, dma: Dma, stride: int, element: int, innermost: bool = False) -> None:
    if innermost and stride == 1:
        return
    _granular(what, "a stride", stride * element)
    within("dma", f"{what}: a stride", stride * element // WORD_BYTES, dma.stride_words, "words", _FACTOR)


def _granular(what: str, which: str, nbytes: int) -> None:
    if nbytes % WORD_BYTES:
        reason = f"{what}: {which} of {nbytes} bytes is no multiple of {WORD_BYTES}."
        raise Refused(Refusal("dma", nbytes, nbytes - nbytes % WORD_BYTES, reason, "Use an even number of values."))


def _dense(sizes: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether all of it lies one after the other: then no size is limited."""
    expected = 1
    for size, stride in zip(reversed(sizes), reversed(strides), strict=True):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True
