"""The worker's side of the pipe: ``<interpreter> -m starling.engine.worker``, or ``starling.child.worker``.

Frames in: ``{"kind": "load", "factory", "config"}`` first, then ``{"kind": "call", "id", "op", "args"}`` with arrays,
and ``{"kind": "cancel", "id"}``. Frames out: ``beat``, ``ready`` (``about``, ``load_s``), ``reply`` (``id``,
``data``, arrays), ``end`` (``id``) and ``error`` (``id``, ``error``; id 0 while loading).
"""

from __future__ import annotations

import contextlib
import importlib
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, BinaryIO

from numpy.typing import NDArray

from starling.child import framing
from starling.child.process import leave_signals_to_the_parent, take_pipes
from starling.core.engine_api import Engine
from starling.core.errors import StarlingError

BEAT_S = 0.5
CRASH_EXIT = 70
_OUT_OF_MEMORY_WORDS = ("out of memory", "bad_alloc", "bad allocation", "failed to allocate", "cannot allocate memory")


class Worker:
    """One engine and the pipe to its host. Calls run on the main thread, one at a time."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._write_lock = threading.Lock()
        self._requests: queue.SimpleQueue[framing.Message] = queue.SimpleQueue()
        self._cancelled = 0
        self._busy = threading.Event()

    def run(self) -> None:
        """Load the engine and serve calls until stdin ends, which ends the process."""
        threading.Thread(target=self._read, name="worker-stdin", daemon=True).start()
        threading.Thread(target=self._beat, name="worker-beat", daemon=True).start()
        engine = self._load(self._requests.get().data)
        while True:
            self._serve(engine, self._requests.get())

    def _load(self, request: Mapping[str, Any]) -> Engine:
        self._send({"kind": "beat"})
        self._busy.set()
        started = time.monotonic()
        try:
            engine = _make(request["factory"], request["config"])
            about = engine.describe()
        except Exception as error:
            if (told := actionable(error)) is None:
                raise
            self._send({"kind": "error", "id": 0, "error": told.to_json()})
            _leave(1)
        self._busy.clear()
        self._send({"kind": "ready", "about": about, "load_s": time.monotonic() - started})
        return engine

    def _serve(self, engine: Engine, request: framing.Message) -> None:
        call, op = int(request.data["id"]), str(request.data["op"])
        self._busy.set()
        try:
            for reply in engine.call(op, request.data["args"], request.arrays):
                if self._cancelled >= call:
                    break
                self._send({"kind": "reply", "id": call, "data": reply.data}, reply.arrays)
        except Exception as error:
            if (told := actionable(error)) is None:
                raise
            self._send({"kind": "error", "id": call, "error": told.to_json()})
        else:
            self._send({"kind": "end", "id": call})
        finally:
            self._busy.clear()

    def _send(self, data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> None:
        try:
            with self._write_lock:
                framing.write(self._outgoing, data, arrays)
        except OSError:
            _leave(0)

    def _beat(self) -> None:
        while self._busy.wait():
            time.sleep(BEAT_S)
            if self._busy.is_set():
                self._send({"kind": "beat"})

    def _read(self) -> None:
        """Runs beside the engine, so that the end of the host ends the process in mid-inference too."""
        while (message := framing.read(self._incoming)) is not None:
            if message.data["kind"] == "cancel":
                self._cancelled = int(message.data["id"])
            else:
                self._requests.put(message)
        _leave(0)


def actionable(error: Exception) -> StarlingError | None:
    """What to tell the host of an exception; None for a crash.

    CTranslate2 and ONNX Runtime say only in words that memory ran out.
    """
    if isinstance(error, StarlingError):
        return error
    text = str(error).lower()
    if isinstance(error, MemoryError) or any(words in text for words in _OUT_OF_MEMORY_WORDS):
        return StarlingError(
            "engine.out_of_memory", "The engine ran out of memory.", "Close other programs or use a smaller model."
        )
    return None


def _make(factory: str, config: Mapping[str, Any]) -> Engine:
    module, _, function = factory.partition(":")
    try:
        make = getattr(importlib.import_module(module), function)
        engine: Engine = make(config)
    except ImportError as error:
        raise StarlingError(
            "engine.cannot_load",
            f"The engine cannot be loaded by {sys.executable}: {error}.",
            "Install the engine's packages into that Python.",
        ) from error
    return engine


def _leave(code: int) -> None:
    """End at once: models' threads and destructors get no chance to block the exit."""
    with contextlib.suppress(OSError):  # nobody reads it when the host is gone
        sys.stderr.flush()
    os._exit(code)


def _crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    with contextlib.suppress(OSError):
        traceback.print_exception(kind, error, trace)
    _leave(CRASH_EXIT)


def main() -> None:
    """Serve the pipe on stdin and stdout."""
    sys.excepthook = _crash
    threading.excepthook = lambda args: _crash(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
    leave_signals_to_the_parent()
    Worker(*take_pipes()).run()


if __name__ == "__main__":
    main()
