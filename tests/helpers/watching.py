"""A window in a process of its own, driven by keys and watched from outside."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.helpers.commands import finish
from tests.helpers.display import Screen

ROOT = Path(__file__).resolve().parents[2]


class Watching:
    """Runs ``tests.helpers.watched`` and keeps what it says; ended and reaped on exit.

    ``wrap``: a command that runs what follows it in its place.
    """

    def __init__(
        self,
        screen: Screen,
        home: Path,
        env: dict[str, str] | None = None,
        settings: str = "",
        wrap: Sequence[str] = (),
    ) -> None:
        self.screen = screen
        (home / "config").mkdir(parents=True, exist_ok=True)
        if settings:
            (home / "config" / "settings.toml").write_text(settings)
        self.events: list[dict[str, Any]] = []
        self.stderr: list[str] = []
        self._answers: list[Any] = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            [*wrap, sys.executable, "-m", "tests.helpers.watched"],
            cwd=ROOT,
            env={**screen.env(home), **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._drain)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        finish(self.process, self._readers, signal.SIGTERM)

    def ask(self, question: str, timeout_s: float = 10.0) -> Any:
        """The answer to one question, see :mod:`tests.helpers.watched`."""
        with self._changed:
            before = len(self._answers)
            assert self.process.stdin is not None
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            assert self._changed.wait_for(lambda: len(self._answers) > before, timeout_s), f"no answer to {question}"
            return self._answers[-1]

    def named(self, name: str) -> list[str]:
        """The events of one kind so far, as text."""
        with self._changed:
            return [event["data"] for event in self.events if event["event"] == name]

    def wait_for(self, name: str, count: int = 1, timeout_s: float = 30.0) -> list[str]:
        """Wait until ``count`` events of a kind have reached the window."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while len(found := [event["data"] for event in self.events if event["event"] == name]) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    last = [event["event"] for event in self.events[-10:]]
                    raise AssertionError(f"{len(found)} of {count} {name}; last: {last}; {self.stderr[-3:]}")
            return found

    def shows(self, text: str, timeout_s: float = 10.0) -> bool:
        """Whether a text comes to stand in the window."""
        return self.until(lambda: any(text in shown for shown in self.ask("texts")), timeout_s)

    def until(self, condition: Callable[[], bool], timeout_s: float = 10.0) -> bool:
        """Whether a condition comes true."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _read(self) -> None:
        for line in self.process.stdout or ():
            data = json.loads(line)
            with self._changed:
                if "event" in data:
                    self.events.append(data)
                else:
                    self._answers.append(data["answer"])
                self._changed.notify_all()

    def _drain(self) -> None:
        for line in self.process.stderr or ():
            self.stderr.append(line)
