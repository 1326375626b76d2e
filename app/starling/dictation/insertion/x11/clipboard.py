"""The clipboard of X11 as pasting needs it: kept, replaced, watched, put back."""

from __future__ import annotations

import contextlib
import select
import threading
import time
from collections.abc import Callable

from starling.core.errors import StarlingError
from starling.dictation.insertion.chords import Paste
from starling.dictation.insertion.x11 import holder
from starling.dictation.insertion.x11.link import linked
from starling.dictation.insertion.x11.owner import CLIPBOARD, PRIMARY
from starling.dictation.insertion.x11.selections import Contents, Selections
from starling.dictation.surroundings import Session, Target

TAKE_S = 2.0
"""For an application to ask for the text after the keys."""
NOT_TAKEN = "insert.not_taken"
GRACE_S = 0.12
"""After that: some ask for the list of types first, or twice."""
POLL_S = 0.01


class X11Clipboard:
    """Pastes over one thread that owns selections; it is started by the first use.

    Args:
        session: whose display.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._selections: Selections | None = None
        self._lock = threading.Lock()
        self._ending = threading.Event()

    def missing(self) -> StarlingError | None:
        """Why it cannot be used."""
        try:
            with linked(self._session.display):
                return None
        except StarlingError as error:
            return error

    def paste(self, text: str, how: Paste, target: Target, press: Callable[[], None]) -> bool | None:
        """Offer a text, press the keys, and put everything back once the application has the text.

        Returns:
            True when the application asked for it, None when another program did.

        Raises:
            StarlingError: what is in the clipboard cannot be kept, or nobody asked for the text.
        """
        with self._lock:
            selections = self._running()
            names = (CLIPBOARD, PRIMARY) if how.primary else (CLIPBOARD,)
            before = {name: selections.do(lambda owner, name=name: owner.read(name)) for name in names}  # type: ignore[misc]
            try:
                for name in names:
                    selections.do(lambda owner, name=name: owner.offer(name, text))  # type: ignore[misc]
                selections.do(lambda owner: owner.forget_askers())
                press()
                return self._taken(selections, target)
            finally:
                for name in names:
                    self._put_back(selections, name, before[name])

    def hurry(self) -> None:
        """Put back what was there at once, from any thread: Starling ends."""
        self._ending.set()

    def close(self) -> None:
        """End; what was put back is served by a process of its own from now on."""
        with self._lock:
            selections, self._selections = self._selections, None
        if selections is None:
            return
        try:
            held = selections.held() if selections.alive else {}
            if held:
                holder.hand_over(self._session.display, held)
        except StarlingError:
            pass  # the X server is gone, and the clipboard with it
        finally:
            selections.close()

    def _running(self) -> Selections:
        if self._selections is not None and not self._selections.alive:
            self._selections.close()
            self._selections = None
        if self._selections is None:
            self._selections = Selections(self._session.display)
        return self._selections

    def _taken(self, selections: Selections, target: Target) -> bool | None:
        try:
            return self._asked(selections, target)
        except StarlingError as error:
            if error.code == NOT_TAKEN:
                raise
            return None  # the keys are pressed: by another way it would be there twice

    def _asked(self, selections: Selections, target: Target) -> bool | None:
        with linked(self._session.display) as link:
            client = link.client_of(int(target.window, 16)) if target.window.startswith("0x") else -1
            mask = ~int(link.display.display.info.resource_id_mask)
        end = time.monotonic() + TAKE_S
        while time.monotonic() < end:
            if selections.do(lambda owner: owner.asked_by(client, mask)):
                select.select([], [], [], GRACE_S)
                return True
            if self._ending.wait(POLL_S):
                return None
        if selections.do(lambda owner: owner.anybody_asked()):
            return None
        raise StarlingError(
            NOT_TAKEN, "The application did not take what was pasted.", "Choose other keys for pasting."
        )

    def _put_back(self, selections: Selections, name: str, before: Contents) -> None:
        with contextlib.suppress(StarlingError):  # somebody else has taken it: then it is theirs
            selections.do(lambda owner: owner.put_back(name, before))
