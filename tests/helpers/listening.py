"""``starling listen --json`` as a process of its own, as a user would start it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from starling.audio.files import write_wav
from starling.core.results import SAMPLE_RATE
from tests.helpers.commands import finish
from tests.helpers.espeak import speak


class Listening:
    """Reads the events of a running ``starling listen`` into ``events``; ended and checked on exit."""

    def __init__(self, *options: str, env: dict[str, str] | None = None) -> None:
        argv = [sys.executable, "-m", "starling", "listen", "--json", *options]
        self.process = subprocess.Popen(argv, env={**os.environ, **(env or {})}, stdout=-1, stderr=-1, text=True)
        self.events: list[dict[str, Any]] = []
        self.stderr = ""
        self._changed = threading.Condition()
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._drain)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        finish(self.process, self._readers, signal.SIGINT)

    def named(self, name: str) -> list[dict[str, Any]]:
        """The events of one kind so far."""
        with self._changed:
            return [event for event in self.events if event["event"] == name]

    def texts(self) -> list[str]:
        """What was heard so far."""
        return [event["text"] for event in self.named("heard") if event["text"]]

    def wait_for(self, name: str, count: int = 1, timeout_s: float = 30.0) -> list[dict[str, Any]]:
        """Wait until ``count`` events of a kind are there."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while len(found := [event for event in self.events if event["event"] == name]) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    raise AssertionError(f"{len(found)} of {count} {name!r}; {self.events[-8:]} {self.stderr[-2000:]}")
            return found

    def recogniser_pid(self, timeout_s: float = 20.0) -> int:
        """The process that holds the recogniser; waits for one that is just being restarted."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if (pid := self._with_ctranslate2()) is not None:
                return pid
            time.sleep(0.05)
        raise AssertionError("no recogniser is running")

    def _with_ctranslate2(self) -> int | None:
        for file in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for pid in file.read_text().split():
                    if "ctranslate2" in Path(f"/proc/{pid}/maps").read_text():
                        return int(pid)
        return None

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()

    def _drain(self) -> None:
        for line in self.process.stderr or ():
            self.stderr += line


def speech_wav(path: Path, sentences: list[str], voice: str = "en-us", pause_s: float = 1.2) -> Path:
    """Sentences with pauses between, as one file."""
    pause = np.zeros(int(pause_s * SAMPLE_RATE), np.float32)
    parts = [part for sentence in sentences for part in (speak(sentence, voice), pause)]
    write_wav(path, np.concatenate([pause, *parts]), SAMPLE_RATE)
    return path
