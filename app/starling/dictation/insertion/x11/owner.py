"""Reads and owns selections over one connection, in one thread; ICCCM with INCR both ways."""

from __future__ import annotations

import contextlib
import select
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from starling.core.errors import StarlingError
from starling.dictation.insertion.x11.link import failures, opened

CLIPBOARD, PRIMARY = "CLIPBOARD", "PRIMARY"
ANSWER_S = 1.0
"""For one type of somebody else's selection, and for each piece of a long one."""
MOST_BYTES = 96 << 20
"""What is kept of a clipboard at most; a larger one is not replaced."""
PIECE = 200_000
"""Bytes in one property; less than the smallest limit of a request (256 KiB)."""
SECRET_HINT = "x-kde-passwordManagerHint"
TEXT_TYPES = ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT")
_NO_DATA = frozenset(
    "TARGETS MULTIPLE TIMESTAMP SAVE_TARGETS DELETE INSERT_SELECTION INSERT_PROPERTY CLIENT_WINDOW HOST_NAME USER "
    "OWNER_OS PROCESS TASK CLASS NAME LENGTH CHARACTER_POSITION LINE_NUMBER COLUMN_NUMBER FILE_NAME MODULE PROCEDURE "
    "DRAWABLE BITMAP PIXMAP COLORMAP FOREGROUND BACKGROUND".split()
)
"""Targets that ask about the owner, have effects, or name resources of the server."""


@dataclass(frozen=True)
class Datum:
    """One type of a selection: the type and format that its owner gave it, and the bytes."""

    kind: str
    bits: int
    data: bytes


Contents = dict[str, Datum]
"""Target to datum, in the owner's order."""


@dataclass
class _Owned:
    contents: Contents
    since: int
    ours: bool
    """True for a text of ours, False for what was put back."""
    asked_by: set[int] = field(default_factory=set)


@dataclass
class _Sending:
    """A long datum on its way, piece by piece."""

    requestor: int
    property: int
    kind: int
    bits: int
    rest: bytes
    ended: bool = False


class Owner:
    """A window without a picture that reads and owns selections."""

    def __init__(self, display: str) -> None:
        from Xlib import X

        self._x: Any = opened(display)
        self._window = self._x.screen().root.create_window(
            -10, -10, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._owned: dict[str, _Owned] = {}
        self._sending: list[_Sending] = []
        self._atoms: dict[str, int] = {}
        self._kept: list[Any] = []

    def fileno(self) -> int:
        """For select."""
        return int(self._x.fileno())

    def close(self) -> None:
        """Leave the server."""
        with contextlib.suppress(*failures()):
            self._x.close()

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(self, selection: str) -> Contents:
        """Everything in a selection. Empty when nobody owns it.

        Raises:
            StarlingError: ``insert.clipboard_unsaved``: its owner does not give it, or it is too large to be kept.
        """
        if selection in self._owned:
            return dict(self._owned[selection].contents)
        owner = self._x.get_selection_owner(self.atom(selection))
        if not owner:
            return {}
        listed = self._convert(selection, "TARGETS")
        if listed is None:
            raise _unsaved("the program that holds it does not answer")
        found: Contents = {}
        size = 0
        for target in self._names(listed.data):
            if target in _NO_DATA:
                continue
            datum = self._convert(selection, target)
            if datum is None:
                continue  # listed, and then refused: many owners do that with some of theirs
            size += len(datum.data)
            if size > MOST_BYTES:
                raise _unsaved("it is too large to be put back")
            found[target] = datum
        return found

    def _names(self, data: bytes) -> Iterable[str]:
        atoms = struct.unpack(f"={len(data) // 4}I", data[: len(data) // 4 * 4])
        for atom in dict.fromkeys(atoms):
            with contextlib.suppress(*failures()):
                yield str(self._x.get_atom_name(atom))

    def _convert(self, selection: str, target: str) -> Datum | None:
        """One type of a selection; None when its owner refuses or does not answer."""
        from Xlib import X

        place = self.atom("STARLING_READ")
        self._window.delete_property(place)
        self._window.convert_selection(self.atom(selection), self.atom(target), place, self._now())
        self._x.flush()
        told = self._wait_for(
            lambda e: (
                e.type == X.SelectionNotify and e.target == self.atom(target) and e.requestor.id == self._window.id
            )
        )
        if told is None or not told.property:
            return None
        whole = self._property(place)
        if whole is None:
            return None
        kind, bits, data = whole
        if kind == self.atom("INCR"):
            return self._pieces(place)
        return Datum(str(self._x.get_atom_name(kind)), bits, data)

    def _pieces(self, place: int) -> Datum | None:
        from Xlib import X

        parts: list[bytes] = []
        size, kind, bits = 0, 0, 8
        self._window.delete_property(place)  # begins it
        self._x.flush()
        while True:
            came = self._wait_for(
                lambda e: e.type == X.PropertyNotify and e.atom == place and e.state == X.PropertyNewValue
            )
            piece = self._property(place) if came is not None else None
            if piece is None:
                return None
            kind, bits = piece[0] or kind, piece[1] or bits
            self._window.delete_property(place)
            self._x.flush()
            if not piece[2]:
                return Datum(str(self._x.get_atom_name(kind)) if kind else "STRING", bits, b"".join(parts))
            parts.append(piece[2])
            size += len(piece[2])
            if size > MOST_BYTES:
                raise _unsaved("it is too large to be put back")

    def _property(self, place: int) -> tuple[int, int, bytes] | None:
        from Xlib import X

        found = self._window.get_property(place, X.AnyPropertyType, 0, MOST_BYTES // 4)
        if found is None:
            return None
        return int(found.property_type), int(found.format), _bytes(found)

    def _wait_for(self, wanted: Callable[[Any], bool]) -> Any | None:
        """The event, while everything else is served; None after the limit."""
        end = time.monotonic() + ANSWER_S
        while (left := end - time.monotonic()) > 0:
            while self._x.pending_events():
                event = self._x.next_event()
                if wanted(event):
                    return event
                self._handle(event)
            select.select([self.fileno()], [], [], left)
        return None

    def _now(self) -> int:
        """The server's time, by a change of a property of our own window."""
        from Xlib import X

        place = self.atom("STARLING_TIME")
        self._window.change_property(place, self.atom("STRING"), 8, b"")
        self._x.flush()
        told = self._wait_for(lambda e: e.type == X.PropertyNotify and e.atom == place)
        return int(told.time) if told is not None else int(X.CurrentTime)

    # -- owning ------------------------------------------------------------------------------------------------------

    def offer(self, selection: str, text: str) -> None:
        """Own a selection with a text of ours, marked as one that histories of clipboards leave alone."""
        self._own(selection, contents_of(text), True)

    def put_back(self, selection: str, contents: Contents) -> bool:
        """Put back what was in a selection, if it still holds ours; whether it did."""
        owned = self._owned.get(selection)
        if owned is None or not owned.ours:
            return False
        if contents:
            self._own(selection, contents, False)
        else:
            del self._owned[selection]
            self._let_go(selection, owned.since)
        return True

    def _let_go(self, selection: str, since: int) -> None:
        from Xlib import X
        from Xlib.protocol import request

        request.SetSelectionOwner(
            display=self._x.display, onerror=None, window=X.NONE, selection=self.atom(selection), time=since
        )
        self._x.sync()

    def hold(self, selection: str, contents: Contents) -> None:
        """Own a selection with what is somebody else's."""
        self._own(selection, contents, False)

    def ours(self, selection: str) -> bool:
        """Whether a text of ours is in it."""
        self.dispatch()
        return selection in self._owned and self._owned[selection].ours

    def held(self) -> dict[str, Contents]:
        """What is served for somebody else."""
        self.dispatch()
        return {name: owned.contents for name, owned in self._owned.items() if not owned.ours}

    def owns(self) -> bool:
        """Whether anything is served, or on its way."""
        return bool(self._owned or self._sending)

    def asked_by(self, client: int, mask: int) -> bool:
        """Whether windows of a program have asked for a text of ours."""
        self.dispatch()
        askers = {who & mask for owned in self._owned.values() if owned.ours for who in owned.asked_by}
        return client in askers

    def anybody_asked(self) -> bool:
        """Whether any program has asked for a text of ours."""
        return any(owned.asked_by for owned in self._owned.values() if owned.ours)

    def forget_askers(self) -> None:
        """From here on askers count: those before were histories of clipboards."""
        self.dispatch()
        for owned in self._owned.values():
            owned.asked_by.clear()

    def _own(self, selection: str, contents: Contents, ours: bool) -> None:
        now = self._now()
        self._owned[selection] = _Owned(contents, now, ours)
        self._window.set_selection_owner(self.atom(selection), now)
        self._x.sync()
        holder = self._x.get_selection_owner(self.atom(selection))
        if not holder or holder.id != self._window.id:
            del self._owned[selection]
            raise StarlingError("insert.clipboard", "The clipboard could not be taken.", "Try again.")

    def dispatch(self) -> None:
        """Serve what has come."""
        while self._x.pending_events():
            self._handle(self._x.next_event())

    def _handle(self, event: Any) -> None:
        from Xlib import X

        if event.type == X.SelectionRequest:
            self._answer(event)
        elif event.type == X.SelectionClear:
            for name in list(self._owned):
                # One that we took again since then is ours.
                if self.atom(name) == event.atom and event.time >= self._owned[name].since:
                    del self._owned[name]
        elif event.type == X.PropertyNotify and event.state == X.PropertyDelete:
            self._go_on(event)
        elif event.type == X.DestroyNotify:
            self._sending = [each for each in self._sending if each.requestor != int(event.window.id)]

    def _answer(self, event: Any) -> None:
        from Xlib import X
        from Xlib.protocol import event as events

        place = event.property or event.target  # obsolete programs name no property
        name = next((name for name in self._owned if self.atom(name) == event.selection), "")
        given = self._give(self._owned[name], event, place) if name else False
        told = events.SelectionNotify(
            time=event.time,
            requestor=event.requestor,
            selection=event.selection,
            target=event.target,
            property=place if given else X.NONE,
        )
        event.requestor.send_event(told, 0, True)
        self._x.flush()

    def _give(self, owned: _Owned, event: Any, place: int) -> bool:
        target = str(self._x.get_atom_name(event.target))
        if target == "TARGETS":
            atoms = [self.atom(name) for name in ("TARGETS", "TIMESTAMP", *owned.contents)]
            event.requestor.change_property(place, self.atom("ATOM"), 32, atoms)
            return True
        if target == "TIMESTAMP":
            event.requestor.change_property(place, self.atom("INTEGER"), 32, [owned.since])
            return True
        datum = owned.contents.get(target)
        if datum is None:
            return False
        if target in TEXT_TYPES:
            owned.asked_by.add(int(event.requestor.id))
        if len(datum.data) > PIECE:
            self._begin(event.requestor, place, datum)
        else:
            event.requestor.change_property(place, self.atom(datum.kind), datum.bits, _values(datum.bits, datum.data))
        return True

    def _begin(self, requestor: Any, place: int, datum: Datum) -> None:
        from Xlib import X, error

        gone = error.CatchError(error.BadWindow)
        requestor.change_attributes(event_mask=X.PropertyChangeMask | X.StructureNotifyMask, onerror=gone)
        self._x.sync()
        if gone.get_error() is not None:
            return  # nobody will ever ask for the next piece
        kind = self.atom(datum.kind)
        self._sending.append(_Sending(int(requestor.id), place, kind, datum.bits, datum.data))
        requestor.change_property(place, self.atom("INCR"), 32, [len(datum.data)])

    def _go_on(self, event: Any) -> None:
        for sending in self._sending:
            if (sending.requestor, sending.property) == (int(event.window.id), event.atom):
                piece, sending.rest = sending.rest[:PIECE], sending.rest[PIECE:]
                values = _values(sending.bits, piece)
                event.window.change_property(sending.property, sending.kind, sending.bits, values)
                self._x.flush()
                if not piece:
                    self._sending.remove(sending)
                return

    def atom(self, name: str) -> int:
        """An atom's number."""
        if name not in self._atoms:
            self._atoms[name] = int(self._x.intern_atom(name))
        return self._atoms[name]


def contents_of(text: str) -> Contents:
    """A text in the types that programs ask for, and the mark of a secret."""
    utf8 = text.encode("utf-8", "replace")
    found: Contents = {}
    for target in TEXT_TYPES:
        if target == "STRING":
            found[target] = Datum("STRING", 8, text.encode("latin-1", "replace"))
        else:
            found[target] = Datum("UTF8_STRING" if target in ("UTF8_STRING", "TEXT") else target, 8, utf8)
    found[SECRET_HINT] = Datum(SECRET_HINT, 8, b"secret")
    return found


def _bytes(found: Any) -> bytes:
    """A property's value as it was in the server's memory."""
    value = found.value
    if found.format == 8:
        return value if isinstance(value, bytes) else bytes(value)
    code = {16: "H", 32: "I"}[found.format]
    return struct.pack(f"={len(value)}{code}", *(number & (0xFFFF if code == "H" else 0xFFFFFFFF) for number in value))


def _values(bits: int, data: bytes) -> Any:
    if bits == 8:
        return data
    size, code = (2, "H") if bits == 16 else (4, "I")
    return list(struct.unpack(f"={len(data) // size}{code}", data[: len(data) // size * size]))


def _unsaved(why: str) -> StarlingError:
    return StarlingError(
        "insert.clipboard_unsaved",
        f"What is in the clipboard could not be kept: {why}.",
        "Copy something else, or choose another way of insertion.",
    )
