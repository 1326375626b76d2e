"""A PulseAudio server of a test's own: private socket, null sinks, and every way a sound server can fail.

    with PulseServer() as server:
        server.apply(monkeypatch)               # this process and its children now use it
        mic = server.add_microphone("mic")      # a source; what is played into its sink is heard there
        server.play_into(mic, "speech.wav")
        with server.recording("out.monitor") as heard:
            ...
        heard.samples                           # (n,) float32 at heard.rate

It starts with one null sink, ``out`` (48 kHz, 2 channels, described as "Test Speaker"), the default sink.
A null sink that nobody listens to renders in blocks of up to 2 s; :meth:`PulseServer.prime` keeps it quick.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

START_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 10.0
RECORD_RATE = 48_000
RECORD_LATENCY_MS = 10
_TOOLS = ("pulseaudio", "pactl", "paplay", "parec")


class Recording:
    """What a source carries, from the ``with`` to its end. Mono float32 at ``rate``.

    ``first_at`` is the monotonic time at which the first bytes arrived (they are about
    ``RECORD_LATENCY_MS`` old then). Inside the ``with``, :attr:`samples` is what has arrived so far.
    """

    rate = RECORD_RATE

    def __init__(self, source: str, env: dict[str, str]) -> None:
        self._argv = [
            "parec",
            f"--device={source}",
            "--format=float32le",
            f"--rate={RECORD_RATE}",
            "--channels=1",
            f"--latency-msec={RECORD_LATENCY_MS}",
        ]
        self._env = env
        self._blocks: list[bytes] = []
        self._started = threading.Event()
        self.first_at = 0.0

    def __enter__(self) -> Recording:
        self._process = subprocess.Popen(
            self._argv, env=self._env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self._reader = threading.Thread(target=self._read, name="recording", daemon=True)
        self._reader.start()
        if not self._started.wait(START_TIMEOUT_S):
            self.__exit__(None, None, None)
            raise TimeoutError(f"nothing comes from {self._argv[1]}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while block := stream.read(65536):
            if not self._blocks:
                self.first_at = time.monotonic()
            self._blocks.append(block)
            self._started.set()
        stream.close()

    @property
    def samples(self) -> NDArray[np.float32]:
        """(n,) float32, so far."""
        data = b"".join(self._blocks)
        return np.frombuffer(data[: len(data) // 4 * 4], np.float32)

    def wait_for(self, condition: Callable[[NDArray[np.float32]], bool], timeout_s: float) -> bool:
        """Wait until the samples so far satisfy ``condition``; False when they do not in time."""
        return wait_until(lambda: condition(self.samples), timeout_s)


def wait_until(condition: Callable[[], object], timeout_s: float, step_s: float = 0.02) -> bool:
    """Wait until ``condition()`` is true; False when it is not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step_s)
    return True


class PulseServer:
    """One daemon. Skips the test when PulseAudio is not installed, or when it does not start here."""

    def __init__(self) -> None:
        missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
        if missing:
            pytest.skip(f"not installed: {', '.join(missing)} (apt install pulseaudio pulseaudio-utils)")
        self.folder = Path(tempfile.mkdtemp(prefix="starling-pulse-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._modules: dict[str, list[list[str]]] = {}
        self._loaded: dict[str, list[str]] = {}
        self._primed: dict[str, str] = {}
        self._primers: dict[str, subprocess.Popen[bytes]] = {}
        self._write_alsa_config()
        self._modules["out"] = [_null_sink("out", "Test Speaker", RECORD_RATE, 2)]

    def __enter__(self) -> PulseServer:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- surroundings --------------------------------------------------------------------------------------

    @property
    def socket(self) -> Path:
        """The server's socket."""
        return self.folder / "native"

    @property
    def variables(self) -> dict[str, str]:
        """What a client needs: the server, a private cookie, and an ALSA configuration whose default is pulse."""
        return {
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_COOKIE": str(self.folder / "cookie"),
            "PULSE_RUNTIME_PATH": str(self.folder / "runtime"),
            "ALSA_CONFIG_PATH": str(self.folder / "alsa.conf"),
        }

    @property
    def env(self) -> dict[str, str]:
        """The whole environment for a subprocess that shall use this server."""
        return {**os.environ, **self.variables}

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process and its children use the server until the test ends."""
        for name, value in self.variables.items():
            monkeypatch.setenv(name, value)
        for name in ("PULSE_SOURCE", "PULSE_SINK"):
            monkeypatch.delenv(name, raising=False)

    def _write_alsa_config(self) -> None:
        (self.folder / "runtime").mkdir(mode=0o700)
        (self.folder / "home").mkdir()
        (self.folder / "alsa.conf").write_text(
            'pcm.!default { type pulse hint { show on description "default" } }\nctl.!default { type pulse }\n'
            'pcm.!pulse { type pulse hint { show on description "pulse" } }\nctl.!pulse { type pulse }\n'
        )

    # -- life and death ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the daemon with every sink and microphone it had, and wait until it answers."""
        argv = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        argv += ["--disable-shm=yes", "--realtime=no", "--high-priority=no", "--log-level=error"]
        argv += ["-L", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"]
        self.socket.unlink(missing_ok=True)
        home = {"HOME": str(self.folder / "home"), "XDG_RUNTIME_DIR": str(self.folder / "runtime")}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, env={**self.env, **home}, stdout=log, stderr=log)
        if not wait_until(self._answers, START_TIMEOUT_S):
            reason = (self.folder / "log").read_text(errors="replace")[-300:]
            self.kill()
            pytest.skip(f"pulseaudio does not start here: {reason}")
        for name in self._modules:
            self._load(name)

    def _answers(self) -> bool:
        done = subprocess.run(["pactl", "info"], env=self.env, capture_output=True, timeout=COMMAND_TIMEOUT_S)
        return done.returncode == 0

    def kill(self) -> None:
        """SIGKILL, frozen or not. Its clients see a broken connection."""
        for name in list(self._primers):
            self._stop_primer(name)
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self._loaded.clear()

    def restart(self) -> None:
        """A fresh daemon with the same sinks and microphones on the same socket."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """SIGSTOP: it accepts connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None, "the server was killed"
        self.process.send_signal(number)

    # -- devices -------------------------------------------------------------------------------------------

    def add_null_sink(self, name: str, description: str = "", rate: int = 48_000, channels: int = 2) -> str:
        """A sink ``name`` with a source ``name.monitor``; returns ``name``."""
        self._modules[name] = [_null_sink(name, description or name, rate, channels)]
        self._load(name)
        return name

    def prime(self, name: str) -> None:
        """Keep the sink ``name`` rendering in short blocks, so that its monitor delivers at once when opened."""
        self._primed[name] = f"{name}.monitor"
        self._start_primer(name)

    def add_microphone(self, name: str, description: str = "", rate: int = 48_000, channels: int = 2) -> str:
        """A source ``name`` (not a monitor); returns the sink that feeds it: play into that.

        Like a real microphone it delivers at once, because a client of its own keeps it running.
        """
        feed = f"{name}_feed"
        source = ["module-remap-source", f"source_name={name}", f"master={feed}.monitor"]
        source.append(f"source_properties={_described(description or name)}")
        self._modules[name] = [_null_sink(feed, feed, rate, channels), source]
        self._primed[name] = name
        self._load(name)
        return feed

    def remove(self, name: str) -> None:
        """Unplug a sink or microphone; streams on it are moved to another device if there is one."""
        self._stop_primer(name)
        for module in reversed(self._loaded.pop(name)):
            self.pactl("unload-module", module)

    def put_back(self, name: str) -> None:
        """Plug a removed device in again."""
        self._load(name)

    def _load(self, name: str) -> None:
        self._loaded[name] = [self.pactl("load-module", *words) for words in self._modules[name]]
        if name in self._primed:
            self._start_primer(name)

    def _start_primer(self, name: str) -> None:
        """A sink begins with a block of 2 s, unless its client is there before it first runs."""
        source = self._primed[name]
        sink = source.removesuffix(".monitor") if source.endswith(".monitor") else f"{name}_feed"
        self.suspend_sink(sink, True)
        argv = ["parec", f"--device={source}", f"--latency-msec={RECORD_LATENCY_MS}", "/dev/null"]
        self._primers[name] = subprocess.Popen(argv, env=self.env, stderr=subprocess.DEVNULL)
        wait_until(lambda: self._is_recorded(source), START_TIMEOUT_S)
        self.suspend_sink(sink, False)

    def _is_recorded(self, source: str) -> bool:
        index = next(line.split()[0] for line in self._short("sources") if line.split()[1] == source)
        return any(line.split()[1] == index for line in self._short("source-outputs"))

    def _short(self, what: str) -> list[str]:
        return self.pactl("list", "short", what).splitlines()

    def _stop_primer(self, name: str) -> None:
        if primer := self._primers.pop(name, None):
            primer.kill()
            primer.wait()

    def suspend_source(self, name: str, suspended: bool) -> None:
        """Suspend a source, or let it run again."""
        self.pactl("suspend-source", name, "1" if suspended else "0")

    def suspend_sink(self, name: str, suspended: bool) -> None:
        """Suspend a sink, or let it run again."""
        self.pactl("suspend-sink", name, "1" if suspended else "0")

    def pactl(self, *words: str) -> str:
        """Run pactl against this server; returns what it printed, stripped."""
        done = subprocess.run(
            ["pactl", *words], env=self.env, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=True
        )
        return done.stdout.strip()

    # -- sound ---------------------------------------------------------------------------------------------

    def play_into(self, sink: str, wav: str | Path, wait: bool = True) -> subprocess.Popen[Any]:
        """Play a sound file into a sink; with ``wait=False`` returns at once."""
        player = subprocess.Popen(["paplay", f"--device={sink}", str(wav)], env=self.env)
        if wait:
            player.wait(600)
        return player

    def recording(self, source: str) -> Recording:
        """Record a source (``out.monitor``) for the length of a ``with``."""
        return Recording(source, self.env)

    def record(self, source: str, seconds: float) -> NDArray[np.float32]:
        """Record a source for so long: (n,) float32 at ``RECORD_RATE``."""
        wanted = int(seconds * RECORD_RATE)
        with self.recording(source) as heard:
            heard.wait_for(lambda samples: samples.size >= wanted, seconds + START_TIMEOUT_S)
        return heard.samples[:wanted]


def _described(text: str) -> str:
    return f"\"device.description='{text}'\""


def _null_sink(name: str, description: str, rate: int, channels: int) -> list[str]:
    sink = ["module-null-sink", f"sink_name={name}", f"rate={rate}", f"channels={channels}"]
    return [*sink, f"sink_properties={_described(description)}"]
