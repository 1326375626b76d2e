"""A real terminal and a real editor on a screen, and what is in them; the clipboard as other programs see it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.display import NO_BUS, Screen, need
from tests.helpers.pulse import wait_until

ARRIVE_S = 5.0
EDITOR_S = 15.0


@dataclass(frozen=True)
class Shown:
    """A program with the focus, and the file in which its text ends."""

    screen: Screen
    file: Path
    saves: bool

    def text(self) -> str:
        """What is in it now."""
        if self.saves:
            before = self.file.stat().st_mtime_ns
            self.screen.key("ctrl+s")
            wait_until(lambda: self.file.stat().st_mtime_ns != before, 1.0)
        return self.file.read_text("utf-8").removesuffix("\n" if self.saves else "")

    def holds(self, text: str) -> bool:
        """Whether that comes to be its text, within some seconds."""
        return wait_until(lambda: self.text() == text, ARRIVE_S)


def environment(screen: Screen, home: Path) -> dict[str, str]:
    """Of a program of somebody else's."""
    folders = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(home))
    env = {**os.environ, **folders, "DISPLAY": screen.display, "LANG": "C.UTF-8", "NO_AT_BRIDGE": "1"}
    env |= {"DBUS_SESSION_BUS_ADDRESS": NO_BUS, "GSETTINGS_BACKEND": "memory", "XDG_SESSION_TYPE": "x11"}
    env.pop("WAYLAND_DISPLAY", None)
    return env


@contextmanager
def xterm(screen: Screen, home: Path) -> Iterator[Shown]:
    """A terminal whose keys end in a file as they come, Enter as a carriage return."""
    need("xterm")
    file = home / "typed.txt"
    argv = ["xterm", "-u8", "-T", "terminal", "-e", "sh", "-c", f"stty raw -echo; exec cat > '{file}'"]
    with _running(argv, environment(screen, home)):
        screen.activate(screen.window("terminal"))
        assert wait_until(file.exists, EDITOR_S)
        yield Shown(screen, file, False)


@contextmanager
def mousepad(screen: Screen, home: Path) -> Iterator[Shown]:
    """An editor with a file that it can save."""
    need("mousepad")
    file = home / "edited.txt"
    file.write_text("")
    with _running(["mousepad", "--disable-server", str(file)], environment(screen, home)):
        window = screen.window(file.name, EDITOR_S)
        screen.activate(window)
        assert wait_until(lambda: screen.active_window() == window, EDITOR_S)
        yield Shown(screen, file, True)


def layout(screen: Screen, name: str) -> None:
    """Another keyboard layout."""
    need("setxkbmap")
    subprocess.run(["setxkbmap", name], env={**os.environ, "DISPLAY": screen.display}, check=True, timeout=10)


@contextmanager
def copied(screen: Screen, data: bytes, kind: str = "UTF8_STRING", selection: str = "clipboard") -> Iterator[None]:
    """Something that xclip holds in a selection."""
    need("xclip")
    argv = ["xclip", "-quiet", "-i", "-selection", selection, "-t", kind]
    env = {**os.environ, "DISPLAY": screen.display}
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdin is not None
            process.stdin.write(data)
            process.stdin.close()
            assert wait_until(lambda: clipboard(screen, kind, selection) == data, ARRIVE_S)
            yield
        finally:
            process.kill()


def clipboard(screen: Screen, kind: str = "UTF8_STRING", selection: str = "clipboard") -> bytes:
    """What another program gets of a selection; empty when there is nothing."""
    argv = ["xclip", "-o", "-selection", selection, "-t", kind]
    env = {**os.environ, "DISPLAY": screen.display}
    done = subprocess.run(argv, env=env, capture_output=True, timeout=10, check=False)
    return done.stdout if done.returncode == 0 else b""


@contextmanager
def _running(argv: list[str], env: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()
