"""A screen that nobody sees (Xvfb), for a bench: nothing is typed into anybody's work, no key of anybody's is taken."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from starling.core.errors import StarlingError

APPLICATION = "bench"


class Window:
    """A window that has the focus and writes down when keys arrive."""

    def __init__(self, display: str) -> None:
        from Xlib import X
        from Xlib.display import Display

        self.display, self._x, self._display = display, X, Display(display)
        screen = self._display.screen()
        self._window = screen.root.create_window(0, 0, 200, 100, 0, screen.root_depth, event_mask=X.KeyPressMask)
        self._window.set_wm_class(APPLICATION, APPLICATION)
        self._window.map()
        self._display.sync()
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()
        self.last_key_s = 0.0
        self.keys = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bench-window", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._closing.wait(0.001):
            while self._display.pending_events():
                if self._display.next_event().type == self._x.KeyPress:
                    self.last_key_s = time.monotonic()
                    self.keys += 1

    def close(self) -> None:
        """Close it."""
        self._closing.set()
        self._thread.join()
        self._display.close()


class Finger:
    """Presses keys of a screen's keyboard through XTEST, as xdotool does."""

    def __init__(self, display: str, *keys: str) -> None:
        from Xlib import XK, X
        from Xlib.display import Display

        self._display, self._x = Display(display), X
        self._codes = [self._display.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]

    def press(self, begin: Callable[[float], None]) -> None:
        """All keys go down, one after the other; told of the monotonic time just before the last."""
        *held, last = self._codes
        for code in held:
            self._strike(self._x.KeyPress, code)
        self._display.sync()
        begin(time.monotonic())
        self._strike(self._x.KeyPress, last)
        self._display.flush()

    def release(self) -> None:
        """All go up."""
        for code in reversed(self._codes):
            self._strike(self._x.KeyRelease, code)
        self._display.sync()

    def close(self) -> None:
        """Leave the keyboard alone."""
        self._display.close()

    def _strike(self, kind: int, code: int) -> None:
        from Xlib.ext import xtest

        xtest.fake_input(self._display, kind, code)


@contextmanager
def screen() -> Iterator[str]:
    """The name of its display. Raises StarlingError where there can be none."""
    if shutil.which("Xvfb") is None:
        raise StarlingError("bench.no_screen", "Xvfb is not installed, so there is no screen to try it on.")
    reader, writer = os.pipe()
    argv = ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(argv, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            os.close(writer)
            with os.fdopen(reader) as told:
                number = told.readline().strip()
            if not number:
                raise StarlingError("bench.no_screen", "Xvfb does not start here.")
            yield f":{number}"
        finally:
            server.terminate()


@contextmanager
def window(display: str) -> Iterator[Window]:
    """One with the focus."""
    with closing(Window(display)) as made:
        yield made
