"""How an engine process can fail."""

from __future__ import annotations

from enum import Enum

from starling.core.errors import StarlingError

OUT_OF_MEMORY = "engine.out_of_memory"
CLOSED = "engine.closed"


class FailureKind(Enum):
    """What the retry policy tells apart."""

    CRASH = "crash"
    HANG = "hang"
    OUT_OF_MEMORY = "out of memory"
    BUSY = "busy"
    """What it needs is in use elsewhere; it may be free at the next call."""
    MODEL = "model"
    INPUT = "input"


_KINDS = {
    OUT_OF_MEMORY: FailureKind.OUT_OF_MEMORY,
    # What an engine tells of its own helper, or of the server it asks.
    "engine.hung": FailureKind.HANG,
    "engine.crashed": FailureKind.CRASH,
    "engine.server_failed": FailureKind.CRASH,
    "stt.bad_states": FailureKind.MODEL,
    "npu.timeout": FailureKind.HANG,
    "npu.firmware": FailureKind.CRASH,
    "npu.failed": FailureKind.CRASH,
    "npu.busy": FailureKind.BUSY,
    "npu.context_limit": FailureKind.BUSY,
    "npu.heap_full": FailureKind.BUSY,
}
"""Codes that mean the same while loading and in a call."""


class EngineFailure(Exception):
    """A call or a load that did not end with its answer. ``str()`` is one sentence that can be shown."""

    kind: FailureKind


class EngineCrashed(EngineFailure):
    """The process ended, or wrote what is not a frame."""

    kind = FailureKind.CRASH


class EngineHung(EngineFailure):
    """The process gave no sign of life, or passed its deadline. It has been killed.

    Attributes:
        deadline: True when it was alive but too slow.
    """

    kind = FailureKind.HANG

    def __init__(self, message: str, *, deadline: bool) -> None:
        super().__init__(message)
        self.deadline = deadline


class EngineFailed(EngineFailure):
    """The engine answered with an error; the process may still be of use unless it was loading.

    Attributes:
        error: what the engine said.
    """

    def __init__(self, error: StarlingError, *, loading: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.kind = classify(error.code, loading=loading)


class EngineClosed(EngineFailure):
    """The process was closed on purpose while a call was waiting; nothing is to be retried."""

    kind = FailureKind.INPUT


def classify(code: str, *, loading: bool) -> FailureKind:
    """The kind of an error that an engine reported.

    While loading there is no input yet, so every error is the model's. In a call, ``model.*``, ``engine.*`` and
    ``npu.*`` speak of the engine; any other code speaks of the arguments, and no other engine would like those better.
    """
    if (kind := _KINDS.get(code)) is not None:
        return kind
    if loading or code.startswith(("model.", "engine.", "npu.")):
        return FailureKind.MODEL
    return FailureKind.INPUT
