"""An engine in a process of its own, as the real worker has it: GPL code never loads in the tests' process."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import numpy as np

from starling.child import framing
from starling.child.process import take_pipes
from starling.core.errors import StarlingError
from starling.core.results import Samples


class EngineProcess:
    """A factory's engine, called synchronously; raises the StarlingError that the engine raised."""

    def __init__(self, factory: str, config: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, factory], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._in = cast(BinaryIO, self._process.stdin)
        self._out = cast(BinaryIO, self._process.stdout)
        self.first_reply_s = 0.0
        try:
            self._send(config)
            (description,) = self._replies()
            self.described = description.data
        except BaseException:
            self.close()
            raise

    def call(self, op: str, stop_after: int = -1, **args: Any) -> list[framing.Message]:
        """All replies; with ``stop_after`` the engine's iterator is closed after that many."""
        start = time.perf_counter()
        self._send({"op": op, "args": args, "stop_after": stop_after})
        replies = []
        for reply in self._replies():
            if not replies:
                self.first_reply_s = time.perf_counter() - start
            replies.append(reply)
        return replies

    def say(self, text: str, voice: str = "", speed: float = 1.0) -> tuple[Samples, dict[str, Any]]:
        """The whole audio of a text, and the last reply's data."""
        replies = self.call("synthesize", text=text, voice=voice, speed=speed)
        return np.concatenate([reply.arrays["audio"] for reply in replies]), replies[-1].data

    def close(self) -> None:
        self._in.close()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()

    def _send(self, data: dict[str, Any]) -> None:
        framing.write(self._in, data)

    def _replies(self) -> Iterator[framing.Message]:
        while (message := framing.read(self._out)) is not None:
            if "end" in message.data:
                return
            if "error" in message.data:
                raise StarlingError.from_json(message.data["error"])
            yield message
        raise RuntimeError("the engine process died")


def _serve(factory: str) -> None:
    incoming, outgoing = take_pipes()
    module, _, function = factory.partition(":")

    def read() -> framing.Message:
        message = framing.read(incoming)
        if message is None:
            os._exit(0)
        return message

    engine = None
    request = read().data
    while True:
        try:
            if engine is None:
                engine = getattr(importlib.import_module(module), function)(request)
                framing.write(outgoing, engine.describe())
            else:
                replies = engine.call(request["op"], request["args"], {})
                for count, reply in enumerate(replies, 1):
                    framing.write(outgoing, reply.data, reply.arrays)
                    if count == request["stop_after"]:
                        replies.close()
                        break
            framing.write(outgoing, {"end": True})
        except StarlingError as error:
            framing.write(outgoing, {"error": error.to_json()})
        request = read().data


if __name__ == "__main__":
    _serve(sys.argv[1])
