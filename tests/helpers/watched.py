"""The window as ``starling`` opens it, and a look inside: run as a process, see :mod:`tests.helpers.watching`.

Each pipeline event is a JSON line on stdout. A line on stdin is a question, and its answer one more line:
``texts`` (what is written in the window), ``items`` (what a screen reader says of the rows of its lists), ``focus``
(accessible name of the widget with the keyboard), ``stalls`` (longest time, in ms, for which the GUI thread ran nothing
since the last ``stalls``, less the time in which the machine gave it no processor), ``threads``, ``memory`` (resident
bytes), ``modules`` (what is imported), ``kept-source`` (of how many files the lines are held), ``shot=FILE`` (a picture
of the window in front), ``preferences=PAGE``, ``set=KEY:VALUE`` (a setting, as the preferences set one),
``press=NAME`` (a button by its accessible name, with ``_`` for each space), ``resize=WxH``, ``reach=CARD`` (scrolls the
status panel until the end of that card is seen).
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starling.ui.shell import imports

with imports.kept():
    from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QScrollArea, QWidget

    from starling.cli import main
    from starling.pipeline import events
    from starling.ui import app
    from starling.ui.shell.shell import Shell

TICK_MS = 5


def _told(event: events.Event) -> None:
    if isinstance(event, events.Sound):
        return
    _write({"event": type(event).__name__, "data": repr(event)})


def _write(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


class Stalls:
    """Measures how late a timer of the GUI thread comes."""

    def __init__(self, parent: QObject) -> None:
        self._task = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._timer = QTimer(parent)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)
        self._last = self._now()
        self._longest = 0.0

    def _now(self) -> tuple[float, float]:
        """Wall seconds, and seconds for which this thread could have run and had no processor (proc(5))."""
        return time.monotonic(), int(self._task.read_text().split()[1]) / 1e9

    def _tick(self) -> None:
        last, self._last = self._last, self._now()
        stalled = self._last[0] - last[0] - (self._last[1] - last[1]) - TICK_MS / 1000
        self._longest = max(self._longest, stalled)

    def take(self) -> float:
        """The longest stall in ms since the last call."""
        longest, self._longest = self._longest, 0.0
        return round(longest * 1000, 1)


class Questions(QObject):
    """Answers on stdout what is asked on stdin."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._window, self._shell = shell.window, shell
        self._stalls = Stalls(self)
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._answers: dict[str, Callable[[], Any]] = {
            "texts": self._texts,
            "items": self._items,
            "focus": self._focus,
            "stalls": self._stalls.take,
            "shot": self._shot,
            "preferences": self._preferences,
            "set": self._set,
            "press": self._press,
            "reach": self._reach,
            "resize": self._resize,
            "threads": lambda: [thread.name for thread in threading.enumerate()],
            "modules": lambda: sorted(sys.modules),
            "kept-source": lambda: len(linecache.cache),
            "memory": lambda: int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        }

    def _read(self) -> None:
        data = os.read(0, 4096)
        if not data:
            self._notifier.setEnabled(False)
        for question in data.decode().split():
            name, _, argument = question.partition("=")
            _write({"answer": self._answers[name](argument) if argument else self._answers[name]()})

    @staticmethod
    def _shot(path: str) -> bool:
        window = QApplication.activeWindow() or next(
            each for each in QApplication.topLevelWidgets() if each.isVisible()
        )
        return window.grab().save(path)

    def _preferences(self, page: str) -> None:
        self._window.preferences_requested.emit(page)

    def _set(self, words: str) -> None:
        key, _, value = words.partition(":")
        self._shell._settings.use(key, value)
        self._shell._service.apply()

    def _press(self, name: str) -> bool:
        wanted = name.replace("_", " ")
        found = [
            button
            for button in self._window.findChildren(QAbstractButton)
            if button.isVisible() and button.isEnabled() and (button.accessibleName() or button.text()) == wanted
        ]
        for button in found[:1]:
            button.click()
        return bool(found)

    def _resize(self, size: str) -> None:
        width, _, height = size.partition("x")
        self._window.resize(int(width), int(height))

    def _reach(self, card: str) -> None:
        status = self._window.status
        area, widget = status.findChild(QScrollArea), getattr(status, card)
        bottom = widget.mapTo(area.widget(), widget.rect().bottomLeft()).y()
        area.verticalScrollBar().setValue(bottom - area.viewport().height() + 1)

    def _texts(self) -> list[str]:
        found = []
        for widget in self._window.findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, QLabel | QAbstractButton):
                found.append(widget.accessibleName() or widget.text())
                found.append(widget.text())
        return [text for text in found if text] + [self._window.windowTitle()]

    def _items(self) -> list[str]:
        models = [view.model() for view in self._window.findChildren(QAbstractItemView) if view.isVisible()]
        role = Qt.ItemDataRole.AccessibleTextRole
        return [str(model.index(row, 0).data(role)) for model in models for row in range(model.rowCount())]

    @staticmethod
    def _focus() -> str:
        widget = QApplication.focusWidget()
        return "" if widget is None else widget.accessibleName() or getattr(widget, "text", str)()


def run() -> int:
    """``starling`` without a command, watched."""
    build = app._shell

    def watched(*arguments: Any) -> Shell:
        shell = build(*arguments)
        shell._bridge.event.connect(_told)
        Questions(shell)
        return shell

    app._shell = watched  # type: ignore[assignment]
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
