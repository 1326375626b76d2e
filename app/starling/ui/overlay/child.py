"""The overlay's own process: frames on stdin, an X window on the screen. It ends with its stdin."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, BinaryIO

from starling.child import framing
from starling.child.process import leave_signals_to_the_parent, take_pipes
from starling.ui.shell import imports, screens

with imports.kept():
    from PySide6.QtCore import QObject, Qt, Signal
    from PySide6.QtWidgets import QApplication

NO_DISPLAY_EXIT = 3


class Reader(QObject):
    """Hands every frame to the GUI thread, and ends the process with the stream."""

    came = Signal(object)

    def __init__(self, incoming: BinaryIO) -> None:
        super().__init__()
        self._incoming = incoming

    def start(self) -> None:
        """Read on a thread of its own: what hangs here must not outlive the parent."""
        threading.Thread(target=self._read, name="overlay-stdin", daemon=True).start()

    def _read(self) -> None:
        try:
            while (message := framing.read(self._incoming)) is not None:
                self.came.emit(message.data)
        except framing.FrameError:
            os._exit(1)
        os._exit(0)


class Desk(QObject):
    """Does what the frames say."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        from starling.ui.overlay.view import OverlayView

        self._app = app
        self.view = OverlayView()

    def take(self, data: dict[str, Any]) -> None:
        """One frame: a look, a level or a style."""
        from starling.ui.look import theme
        from starling.ui.overlay.surface import Style, unpacked

        if "style" in data:
            style = Style(**data["style"])
            theme.apply(self._app, style.theme)
            self.view.use(animations=style.animations, top=style.top)
        elif "look" in data:
            self.view.show_look(unpacked(data))
        else:
            self.view.set_level(data["level"])


def main() -> None:
    """Serve until stdin ends."""
    leave_signals_to_the_parent()
    incoming, _ = take_pipes()
    if not screens.x_answers(os.environ):
        sys.exit(NO_DISPLAY_EXIT)
    from starling.ui.shell import allocator, translations
    from starling.ui.shell.identity import NAME, ORGANISATION

    allocator.share_one_heap()
    QApplication.setApplicationName(ORGANISATION)
    QApplication.setApplicationDisplayName(NAME)
    QApplication.setQuitOnLastWindowClosed(False)
    app = QApplication([ORGANISATION])
    translations.install(app)
    desk, reader = Desk(app), Reader(incoming)
    reader.came.connect(desk.take, Qt.ConnectionType.QueuedConnection)
    reader.start()
    os._exit(app.exec())


if __name__ == "__main__":
    main()
