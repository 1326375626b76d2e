"""Which model to recommend on this machine, from what was measured on it. Pure.

The starter model was timed on one sentence, in its own short context and in the 30 s of context that most models need.
The work of a Whisper model grows with its weights, so another model's time is estimated as the measured time of the
same context, times the ratio of the weights. Until the model has been tested itself it is an estimate, and called so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from starling.pipeline.shown_models import MachineShown, Measurement, ModelShown

LONGEST_WAIT_S = 1.0
"""For the text of the sentence that was measured; a conversation stalls beyond it."""
MEMORY_SHARE = 0.5
"""Of the memory that is free, for a model."""
DISK_RESERVE = 1 << 30
"""Bytes to leave free beside a model."""
STARTER_WEIGHTS = 10_092_110
"""Bytes of the starter's int8 weights."""
PROCESS_BYTES = 150_000_000
"""What the catalogue adds to a model's weights for the process around them."""

Verdict = Literal["fits", "slow", "memory", "disk", "language", "unmeasured"]


@dataclass(frozen=True)
class Estimate:
    """One model against the rule.

    Attributes:
        expected_s: time for the measured sentence; None where nothing was measured or the model's size is unknown.
        measured: it is no estimate, the model itself was tested.
        verdict: why not, or ``fits``.
    """

    name: str
    title: str
    expected_s: float | None
    measured: bool
    verdict: Verdict


@dataclass(frozen=True)
class Advice:
    """What is recommended.

    Attributes:
        name: of the model; empty when none fits.
        rule: ``largest`` of those that fit; ``fastest`` when all are too slow; ``none`` when no model can be had;
            ``unmeasured`` when there is no measurement to decide by.
        estimates: of all that were looked at, best first.
    """

    name: str
    rule: Literal["largest", "fastest", "none", "unmeasured"]
    estimates: tuple[Estimate, ...] = ()

    @property
    def chosen(self) -> Estimate | None:
        """The recommended model's estimate."""
        return next((each for each in self.estimates if each.name == self.name), None)


def advise(
    models: Sequence[ModelShown], starter: Measurement | None, machine: MachineShown, language: str = "en"
) -> Advice:
    """The recommended recogniser.

    Args:
        models: the catalogue's and the installed ones.
        starter: the measured starter model; None while it was not measured.
        machine: room on the disk and in memory; what is unknown forbids nothing.
        language: that will be spoken, ISO 639-1.
    """
    candidates = sorted((model for model in models if _candidate(model)), key=_best_first(language))
    estimates = tuple(_estimate(model, starter, machine, language) for model in candidates)
    fitting = [each for each in estimates if each.verdict == "fits"]
    if fitting:
        return Advice(fitting[0].name, "largest", estimates)
    if starter is None:
        return Advice("", "unmeasured", estimates)
    slow = [each for each in estimates if each.verdict == "slow"]
    if slow:
        return Advice(min(slow, key=lambda each: each.expected_s or 0.0).name, "fastest", estimates)
    return Advice("", "none", estimates)


def expected_s(model: ModelShown, starter: Measurement | None) -> float | None:
    """Time for the measured sentence: the model's own, or estimated from the starter's; None where neither is known."""
    if model.measured is not None:
        return model.measured.processing_s
    weights = weights_bytes(model)
    if starter is None or weights is None:
        return None
    base = starter.processing_s if model.short_context else starter.full_s
    return None if base is None else base * weights / STARTER_WEIGHTS


def weights_bytes(model: ModelShown) -> int | None:
    """Bytes of the weights as they are loaded (int8), which is about the number of parameters; None if unknown."""
    return None if model.memory_bytes is None else max(0, model.memory_bytes - PROCESS_BYTES)


def _candidate(model: ModelShown) -> bool:
    usable = model.kind in ("whisper-ct2", "whisper-safetensors") and model.fault is None
    return usable and not model.starter and not model.unavailable


def _best_first(language: str) -> Callable[[ModelShown], tuple[float, bool, str]]:
    def key(model: ModelShown) -> tuple[float, bool, str]:
        """Larger weights first; of two sizes the one for the language alone, which is better at it."""
        return (-(weights_bytes(model) or 0), model.languages != (language,), model.name)

    return key


def _estimate(model: ModelShown, starter: Measurement | None, machine: MachineShown, language: str) -> Estimate:
    expected = expected_s(model, starter)
    return Estimate(
        model.name, model.title, expected, model.measured is not None, _verdict(model, expected, machine, language)
    )


def _verdict(model: ModelShown, expected: float | None, machine: MachineShown, language: str) -> Verdict:
    if model.languages and language not in model.languages:
        return "language"
    if not model.installed and machine.free_bytes is not None:
        if model.size_bytes - model.resumable_bytes + DISK_RESERVE > machine.free_bytes:
            return "disk"
    if model.memory_bytes is not None and machine.available_bytes is not None:
        if model.memory_bytes > machine.available_bytes * MEMORY_SHARE:
            return "memory"
    if expected is None:
        return "unmeasured"
    return "fits" if expected <= LONGEST_WAIT_S else "slow"
