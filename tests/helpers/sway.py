"""A headless sway of a test's own, and a terminal on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.display import NO_BUS, need
from tests.helpers.pulse import wait_until

START_S = 15.0
NOBODY = 65534
CONFIG = "xwayland disable\ninput * xkb_layout us\nseat seat0 fallback true\n"


@dataclass(frozen=True)
class Sway:
    """A running sway.

    Attributes:
        env: for programs on it.
        home: a folder for their files.
    """

    env: dict[str, str]
    home: Path

    @contextlib.contextmanager
    def keyboard(self) -> Iterator[None]:
        """The keyboard that every machine has; without one, programs hear of each virtual one too late."""
        need("wtype")
        with subprocess.Popen(["wtype", "-s", "3600000", "-k", "Shift_L"], env=self.env) as process:
            try:
                assert wait_until(lambda: "keyboard" in self._ask("get_inputs"), START_S)
                yield
            finally:
                process.kill()

    @contextlib.contextmanager
    def foot(self) -> Iterator[Path]:
        """A terminal with the focus whose keys end in this file as they come."""
        need("foot")
        file = self.home / "typed.txt"
        file.unlink(missing_ok=True)
        assert wait_until(lambda: '"app_id": "foot"' not in self.tree(), START_S)  # the one before
        argv = ["foot", "-c", "/dev/null", "sh", "-c", f"stty raw -echo; exec cat > '{file}'"]
        with subprocess.Popen(argv, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                assert wait_until(lambda: file.exists() or process.poll() is not None, START_S)
                assert wait_until(lambda: '"app_id": "foot"' in self.tree(), START_S)
                yield file
            finally:
                process.kill()

    def tree(self) -> str:
        """What is shown."""
        return self._ask("get_tree")

    def _ask(self, what: str) -> str:
        argv = ["swaymsg", "-r", "-t", what]
        return subprocess.run(argv, env=self.env, capture_output=True, text=True, timeout=10, check=False).stdout

    def clipboard(self, kind: str = "text/plain;charset=utf-8") -> bytes:
        """What another program gets of the clipboard."""
        argv = ["wl-paste", "--no-newline", "--type", kind]
        return subprocess.run(argv, env=self.env, capture_output=True, timeout=10, check=False).stdout

    @contextlib.contextmanager
    def copied(self, data: bytes, kind: str) -> Iterator[None]:
        """Something that wl-copy holds."""
        argv = ["wl-copy", "--foreground", "--type", kind]
        with subprocess.Popen(argv, env=self.env, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                assert process.stdin is not None
                process.stdin.write(data)
                process.stdin.close()
                assert wait_until(lambda: self.clipboard(kind) == data, 5)
                yield
            finally:
                process.kill()


@contextlib.contextmanager
def headless_sway(folder: Path) -> Iterator[Sway]:
    """A compositor without a screen; skips the test where it is not installed or does not start."""
    need("sway", "swaymsg")
    home = folder / "home"
    home.mkdir(parents=True)
    (home / "sway.config").write_text(CONFIG)
    runtime = Path(tempfile.mkdtemp(prefix="sway-"))
    shutil.copy(home / "sway.config", runtime / "config")
    dropped = ("DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK")
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    env |= {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman", "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8", "DBUS_SESSION_BUS_ADDRESS": NO_BUS,
            "XDG_CONFIG_HOME": str(home), "XDG_CURRENT_DESKTOP": "sway", "XDG_SESSION_TYPE": "wayland"}  # fmt: skip
    log = (folder / "sway.log").open("wb")
    argv = [*_as_nobody(runtime), "sway", "-c", str(runtime / "config")]
    with subprocess.Popen(argv, env=env, cwd=runtime, stdout=log, stderr=log) as process:
        try:

            def sockets() -> list[Path]:
                return [*runtime.glob("wayland-?"), *runtime.glob("sway-ipc.*.sock")]

            wait_until(lambda: len(sockets()) == 2 or process.poll() is not None, START_S)
            if len(sockets()) != 2 or process.poll() is not None:
                pytest.skip(f"sway did not start: {(folder / 'sway.log').read_text(errors='replace')[-300:]}")
            wayland, ipc = sockets()
            running = Sway({**env, "WAYLAND_DISPLAY": wayland.name, "SWAYSOCK": str(ipc)}, home)
            with running.keyboard():
                yield running
        finally:
            process.terminate()
            process.wait(10)
            log.close()
            shutil.rmtree(runtime)


def _as_nobody(runtime: Path) -> list[str]:
    """sway does not run as root, so another user runs it there; what is on it may be root's."""
    if os.geteuid():
        return []
    need("setpriv")
    for path in (runtime, runtime / "config"):
        shutil.chown(path, NOBODY, NOBODY)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
