"""A reply that streams: read on a thread of its own, so that neither speech nor window waits for the other."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import Protocol

from starling.assistant.llm.questions import Question
from starling.core.errors import StarlingError, internal_error

SHOWN_EVERY_S = 0.05
"""More often nobody reads; a piece that ends a sentence is shown at once."""
JOIN_S = 2.0
_SENTENCE_ENDS = (".", "!", "?", "\n", "…")


class Told(Protocol):
    """A reply in pieces; :class:`starling.assistant.llm.dialogue.Telling` is one."""

    def __iter__(self) -> Iterator[str]:
        """The pieces; raises StarlingError where they end too early."""
        ...

    def cancel(self) -> None:
        """End it at once, from any thread."""
        ...

    def ended(self, said: str | None) -> None:
        """It was spoken; ``said`` is what was heard of it, None for all."""
        ...


class Listener(Protocol):
    """Who hears of the text; called on the reading thread."""

    def reply_began(self, text: str, job: int) -> None:
        """The first piece is there."""
        ...

    def reply_grew(self, text: str, job: int) -> None:
        """More is there."""
        ...

    def confirm_asked(self, question: str, job: int) -> None:
        """The user is asked."""
        ...


class Growing:
    """Iterate it once for the pieces as they come. It ends without an error; then ``failure`` says why, if it failed.

    Attributes:
        text: all that has come.
        failure: why it ended too early; None if it did not.
        cancelled: :meth:`cancel` was called.
    """

    def __init__(self, told: Told, listener: Listener, job: int) -> None:
        self.text = ""
        self.failure: StarlingError | None = None
        self.cancelled = False
        self._told = told
        self._listener = listener
        self._job = job
        self._pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._shown = ""
        self._shown_s = 0.0
        self._thread = threading.Thread(target=self._read, name="reply-reader", daemon=True)

    def __iter__(self) -> Iterator[str]:
        """The pieces, for one thread; begins the reading."""
        if self.cancelled:
            return
        self._thread.start()
        while (piece := self._pieces.get()) is not None and not self.cancelled:
            yield piece

    def cancel(self) -> None:
        """End it at once, from any thread."""
        self.cancelled = True
        self._told.cancel()
        self._pieces.put(None)

    def close(self) -> None:
        """End what still goes on, and wait for it."""
        if self._thread.is_alive():
            self.cancel()
            self._thread.join(JOIN_S)

    def _read(self) -> None:
        try:
            for piece in self._told:
                if self.cancelled:
                    return
                self._take(piece)
        except StarlingError as error:
            self.failure = error
        except Exception as error:  # noqa: BLE001 - the reply says so; a thread's traceback would tell nobody
            self.failure = internal_error(error)
        finally:
            self._show()
            self._pieces.put(None)

    def _take(self, piece: str) -> None:
        self.text += piece
        self._pieces.put(piece)
        now_s = time.monotonic()
        if now_s - self._shown_s >= SHOWN_EVERY_S or piece.endswith(_SENTENCE_ENDS):
            self._shown_s = now_s
            self._show()
        if isinstance(piece, Question):
            self._listener.confirm_asked(piece.worded(piece.strip()), self._job)

    def _show(self) -> None:
        if self.text == self._shown or self.cancelled:
            return
        if self._shown:
            self._listener.reply_grew(self.text, self._job)
        else:
            self._listener.reply_began(self.text, self._job)
        self._shown = self.text
