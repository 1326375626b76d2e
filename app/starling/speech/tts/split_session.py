"""Kokoro's two parts as one session, as kokoro-onnx wants it: the first part wherever it runs, the rest on the CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from starling.core.placement import Placement
from starling.speech.tts.graph.parts import Split

PAD = 0
"""The token that Kokoro has at both ends of every text: silence."""

Arrays = Mapping[str, NDArray[Any]]


class Part(Protocol):
    """Runs the fixed part, for the lengths that it was made for."""

    @property
    def lengths(self) -> Sequence[int]:
        """Numbers of tokens."""
        ...

    @property
    def placement(self) -> Placement:
        """Where it runs, by its evidence."""
        ...

    def run(self, length: int, feeds: Arrays) -> dict[str, NDArray[Any]]:
        """For exactly so many tokens. Raises StarlingError."""
        ...


class SplitSession:
    """Looks like an InferenceSession of the whole model.

    Args:
        split: the parts.
        part: runs the first part.
        any_length: a session of the first part for texts that are longer than the part's lengths.
        rest: a session of the second part.
    """

    def __init__(self, split: Split, part: Part, any_length: Any, rest: Any) -> None:
        self._split = split
        self._part = part
        self._any_length = any_length
        self._rest = rest
        self._rest_inputs = [given.name for given in rest.get_inputs()]
        self._rest_outputs = [given.name for given in rest.get_outputs()]
        self.placement = Placement("unknown", ("nothing was said yet",))

    def get_inputs(self) -> Sequence[Any]:
        """Of the whole model."""
        return self._split.whole.inputs

    def get_outputs(self) -> Sequence[Any]:
        """Of the whole model."""
        return self._split.whole.outputs

    def get_modelmeta(self) -> Any:
        """Of the whole model."""
        return self._split.whole

    def get_providers(self) -> list[str]:
        """Of the rest; where the first part runs is told by the placement."""
        return list(self._rest.get_providers())

    def run(self, names: Sequence[str] | None, feeds: Arrays) -> list[NDArray[Any]]:
        """As an InferenceSession's; ``placement`` tells afterwards where the first part ran."""
        count = int(np.shape(feeds[self._split.tokens])[1])
        between = self._first(count, feeds)
        given = {**feeds, **between}
        made = self._rest.run(self._rest_outputs, {name: given[name] for name in self._rest_inputs})
        found = {**between, **dict(zip(self._rest_outputs, made, strict=True))}
        return [found[name] for name in names or [given.name for given in self._split.whole.outputs]]

    def _first(self, count: int, feeds: Arrays) -> dict[str, NDArray[Any]]:
        mine = {name: feeds[name] for name in self._split.inputs}
        length = next((length for length in sorted(self._part.lengths) if length >= count), None)
        fixed, both = self._split.nodes
        rest = f"the other {both - fixed} of {both} nodes: session provider {', '.join(self.get_providers())}"
        if length is None:
            told = f"{count} tokens are more than the NPU's part takes ({max(self._part.lengths)})"
            self.placement = Placement("cpu", (told, rest))
            names = list(self._split.cut)
            return dict(zip(names, self._any_length.run(names, mine), strict=True))
        tokens = mine[self._split.tokens]
        mine[self._split.tokens] = np.pad(tokens, ((0, 0), (0, length - count)), constant_values=PAD)
        found = self._split.trimmed(self._part.run(length, mine), count)
        ran = self._part.placement
        first = f"the part of fixed shape, {fixed} nodes, {length} tokens"
        self.placement = Placement(ran.device, (first, *ran.evidence, rest))
        return found
