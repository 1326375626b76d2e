"""An X server of a test's own, with a window manager if asked for; programs of their own to look at it.

    def test_x(screen):                     # the fixture, from tests/helpers/display.py
        process = Popen([...], env=screen.env(home))
        window = screen.window("Starling")  # waits until it is mapped
        screen.key("ctrl+q")

``screen`` has a window manager (openbox) where that is installed; ``bare_screen`` has none.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.commands import surroundings
from tests.helpers.pulse import wait_until

START_TIMEOUT_S = 10.0
WINDOW_TIMEOUT_S = 15.0
OWN_TITLE = "[-\N{EN DASH}] Starling$"
"""The main window's, whatever its state is; Qt has windows that are called Starling too."""
SIZE = "1600x1000x24"
NO_BUS = "unix:path=/nonexistent"
"""Without an address libdbus would start a bus of its own, which outlives the test."""


class Screen:
    """A running Xvfb. ``display`` is its name (``:7``)."""

    def __init__(self, folder: Path, manager: bool, size: str = SIZE, dpi: int = 96) -> None:
        reader, writer = os.pipe()
        argv = ["Xvfb", "-displayfd", f"{writer}", "-screen", "0", size, "-dpi", f"{dpi}", "-nolisten", "tcp"]
        self._log = (folder / "xvfb.log").open("wb")
        self._processes = [subprocess.Popen([*argv, "-noreset"], pass_fds=[writer], stdout=self._log, stderr=self._log)]
        os.close(writer)
        with os.fdopen(reader) as told:
            self.display = f":{told.readline().strip()}"
        if self.display == ":":
            self.close()
            pytest.fail(f"Xvfb did not start: {(folder / 'xvfb.log').read_text()}")
        if manager:
            self._manage(folder)

    def _manage(self, folder: Path) -> None:
        """A window manager that reads no configuration of the person who runs the tests."""
        folders = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(folder))
        env = {**os.environ, **folders, "DISPLAY": self.display, "DBUS_SESSION_BUS_ADDRESS": NO_BUS}
        argv = ["openbox", "--sm-disable"]
        self._processes.append(subprocess.Popen(argv, env=env, stdout=self._log, stderr=self._log))
        assert wait_until(self._is_managed, START_TIMEOUT_S), "the window manager did not start"

    def _is_managed(self) -> bool:
        return not self._xdotool("get_desktop").returncode

    def env(self, home: Path, **more: str) -> dict[str, str]:
        """The environment of a Starling on this screen with its folders below ``home``."""
        names = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
        base = {name: value for name, value in surroundings(home).items() if name not in names}
        runtime = home / "runtime"
        runtime.mkdir(0o700, parents=True, exist_ok=True)
        own = {"DISPLAY": self.display, "XDG_RUNTIME_DIR": str(runtime), "XDG_SESSION_TYPE": "x11",
               "DBUS_SESSION_BUS_ADDRESS": NO_BUS}  # fmt: skip
        return base | own | more

    def add_tray(self) -> None:
        """Start a panel with a tray at the right of the lower edge; skips the test where trayer is not installed."""
        need("trayer")
        argv = ["trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "32"]
        env = {**os.environ, "DISPLAY": self.display, "DBUS_SESSION_BUS_ADDRESS": NO_BUS}
        self._tray = subprocess.Popen(argv, env=env, stdout=self._log, stderr=self._log)
        self._processes.append(self._tray)

    def remove_tray(self) -> None:
        """End the panel."""
        self._tray.terminate()

    # -- windows, keyboard, pixels -------------------------------------------------------------------------

    def windows(self, name: str = "Starling", visible: bool = True) -> list[str]:
        """X ids of the windows with that in their title."""
        done = self._xdotool("search", *(["--onlyvisible"] if visible else []), "--name", name)
        return done.stdout.split()

    def window(self, name: str = "Starling", timeout_s: float = WINDOW_TIMEOUT_S) -> str:
        """The X id of the first window with that in its title; waits until it is on the screen."""
        assert wait_until(lambda: bool(self.windows(name)), timeout_s), f"no window {name}"
        return self.windows(name)[0]

    def tray_icons(self) -> int:
        """How many icons Starling has in the tray."""
        return len(self._xdotool("search", "--class", "^starling$").stdout.split()) - len(
            self.windows(OWN_TITLE, False)
        )

    def iconic(self, window: str) -> bool:
        """Whether a window is minimized: in the task bar, not withdrawn."""
        argv = ["xprop", "-display", self.display, "-id", window, "WM_STATE"]
        return "Iconic" in subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False).stdout

    def key(self, *keys: str) -> None:
        """Press keys as at a keyboard: ``ctrl+q``, ``Tab``, ``space``."""
        self._xdotool("key", "--delay", "20", *keys)

    def hold(self, key: str) -> None:
        """Press a key and keep it down."""
        self._xdotool("keydown", key)

    def let_go(self, key: str) -> None:
        """Release a held key."""
        self._xdotool("keyup", key)

    def type(self, text: str) -> None:
        """Type a text."""
        self._xdotool("type", "--delay", "20", text)

    def activate(self, window: str) -> None:
        """Give a window the focus. Needs the window manager."""
        self._xdotool("windowactivate", "--sync", window)

    def minimize(self, window: str) -> None:
        """Send a window to the task bar. Needs the window manager."""
        self._xdotool("windowminimize", "--sync", window)

    def close_window(self, window: str) -> None:
        """Ask a window to close, as its frame's button does. Needs the window manager."""
        ask_to_close(self.display, int(window))

    def active_window(self) -> str:
        """The X id of the window with the focus, empty if none."""
        return self._xdotool("getactivewindow").stdout.strip()

    def _xdotool(self, *words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "DISPLAY": self.display}
        return subprocess.run(["xdotool", *words], env=env, capture_output=True, text=True, timeout=30, check=False)

    def close(self) -> None:
        """End everything on it."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(START_TIMEOUT_S)
        self._log.close()


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, as long as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 12),
    )


_CLIENT_MESSAGE = 33
_FOR_THE_MANAGER = 1 << 20 | 1 << 19
"""SubstructureRedirectMask and SubstructureNotifyMask."""


def ask_to_close(display: str, window: int) -> None:
    """Send _NET_CLOSE_WINDOW, for which no program is everywhere."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = x.XDefaultRootWindow.restype = x.XInternAtom.restype = ctypes.c_void_p
    link = ctypes.c_void_p(x.XOpenDisplay(display.encode()))
    assert link.value, f"{display} cannot be reached"
    root = ctypes.c_ulong(x.XDefaultRootWindow(link))
    name = x.XInternAtom(link, b"_NET_CLOSE_WINDOW", 0)
    message = _ClientMessage(type=_CLIENT_MESSAGE, send_event=1, window=window, message_type=name, format=32)
    x.XSendEvent(link, root, 0, ctypes.c_long(_FOR_THE_MANAGER), ctypes.byref(message))
    x.XCloseDisplay(link)  # flushes


def need(*programs: str) -> None:
    """Skip the test where a program is not installed."""
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


def private_screen(folder: Path, manager: bool) -> Iterator[Screen]:
    """For fixtures: a screen, and its end."""
    need("Xvfb", "xdotool", "xprop", *(["openbox"] if manager else []))
    folder.mkdir(parents=True, exist_ok=True)
    screen = Screen(folder, manager)
    try:
        yield screen
    finally:
        screen.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A screen with a window manager."""
    yield from private_screen(tmp_path / "screen", True)


@pytest.fixture
def bare_screen(tmp_path: Path) -> Iterator[Screen]:
    """A screen on which nobody manages windows."""
    yield from private_screen(tmp_path / "screen", False)
