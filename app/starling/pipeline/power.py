"""The NPU's power mode for a window: shown, set by hand, and following the power source where the user wants that.

Everything happens on one thread of its own, which there is only once it is needed: asking for an authorisation may
take as long as somebody needs to type a password.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from starling.core.errors import StarlingError
from starling.npu.power import authority, mains, modes, reading, rules, setting
from starling.npu.power.modes import Mode
from starling.npu.power.rules import Memory, Occasion, Why, Wishes
from starling.npu.power.upower import Watch
from starling.npu.probe import probe
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot
from starling.pipeline import events
from starling.pipeline.tasks import Tasks
from starling.settings.schema import Value

RESTORE_S = 1.0
"""For putting the mode back at the end; the helper goes on without us when it takes longer."""
CLOSE_S = 0.2
NOT_GIVEN = frozenset({"power.cancelled", "power.not_authorised", "power.unanswered"})


def wishes_of(setting: Callable[[str], Value]) -> Wishes:
    """What the settings say."""
    return Wishes(
        automatic=bool(setting("power.automatic")),
        on_mains=Mode(str(setting("power.on_mains"))),
        on_battery=Mode(str(setting("power.on_battery"))),
        restore=bool(setting("power.restore")),
    )


class Power:
    """Methods return at once, from any thread; what comes of them is told by ``PowerShown``.

    Args:
        setting: reads a setting; read again at every :meth:`apply`.
        emit: hears of everything, on this part's own thread.
        root: which machine.
    """

    def __init__(
        self, setting: Callable[[str], Value], emit: Callable[[events.Event], None], root: Sysroot | None = None
    ) -> None:
        self._setting, self._emit = setting, emit
        self._root = root or Sysroot.current()
        self._lock = threading.Lock()  # guards the two below
        self._tasks: Tasks | None = None
        self._closed = False
        # Of our thread only:
        self._npu: Npu | None = None
        self._watch: Watch | None = None
        self._mains: bool | None = None
        self._wishes, self._memory = Wishes(), Memory()
        self._why: Why | None = Why.OFF
        self._error: StarlingError | None = None
        self._told: set[str] = set()

    def look(self) -> None:
        """Answered by ``PowerShown``."""
        self._put(self._tell)

    def set_mode(self, mode: str) -> None:
        """Set a mode by hand; somebody may be asked for an authorisation."""
        self._put(lambda: self._set(mode))

    def apply(self) -> None:
        """Read the settings again. Nothing is started where they want nothing."""
        if self._tasks is not None or wishes_of(self._setting).automatic:
            self._put(self._apply)

    def close(self) -> None:
        """Put the mode back where that is wished and asks nobody, and end; waits a moment for it."""
        with self._lock:
            tasks, self._closed = self._tasks, True
        if tasks is None:
            return
        if self._memory.original is not None:
            done = threading.Event()
            tasks.put(lambda: self._restore(done))
            done.wait(RESTORE_S)
        tasks.close(CLOSE_S)
        if self._watch is not None:
            self._watch.close(CLOSE_S)

    def _put(self, task: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            if self._tasks is None:
                self._tasks = Tasks("power", lambda error: self._emit(events.Trouble(error)))
            self._tasks.put(task)

    # -- on the thread -----------------------------------------------------------------------------------------

    def _found(self) -> Npu:
        if self._npu is None or not self._npu.present:
            self._npu = probe(self._root, tools=False)
        return self._npu

    def _apply(self) -> None:
        before, self._wishes = self._wishes, wishes_of(self._setting)
        if self._wishes == before or not self._found().present:
            return
        if not self._wishes.automatic:
            self._stop_watching()
            self._think(Occasion.END)
            self._why = Why.OFF
            self._tell()
        elif self._watch is None:
            self._watch = Watch(self._on_source, self._on_resume, self._root)  # its first word begins the rule
        else:
            self._think(Occasion.BEGIN)

    def _on_source(self, plugged: bool | None) -> None:
        self._put(lambda: self._source(plugged))

    def _on_resume(self) -> None:
        self._put(lambda: self._think(Occasion.RESUME) if self._watch is not None else None)

    def _source(self, plugged: bool | None) -> None:
        if self._watch is None:
            return
        first = self._why is Why.OFF
        self._mains = plugged
        self._think(Occasion.BEGIN if first else Occasion.SOURCE)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.close(CLOSE_S)
            self._watch = None

    def _think(self, occasion: Occasion) -> None:
        now = reading.read(self._found(), self._root)
        decision = rules.decide(self._wishes, self._memory, occasion, self._mains, now)
        if decision.mode is None:
            self._memory, self._why = decision.memory, decision.why
        else:
            self._why = self._follow(decision.mode, decision)
        if occasion is not Occasion.END:
            self._tell()

    def _follow(self, mode: Mode, decision: rules.Decision) -> Why | None:
        """Set what was decided; None when that was done, else why not."""
        way = setting.find_way(self._found(), self._root)
        if way.kind == "helper" and not authority.silent(self._root):
            if not decision.may_ask:
                return Why.WOULD_ASK
            self._memory = replace(self._memory, asked=True)
        self._tell(changing=mode)
        try:
            made = setting.change(mode, self._found(), self._root)
        except StarlingError as error:
            self._complain(error)
            if error.code in NOT_GIVEN:
                self._memory = replace(self._memory, refused=True)
                return Why.REFUSED
            return Why.FAILED
        # What it really is counts: it is not to be taken for another program's choice later.
        self._memory = replace(decision.memory, ours=made.now or mode, asked=self._memory.asked)
        self._error = setting.doubt(made)
        return None

    def _set(self, word: str) -> None:
        mode = modes.parse(word)
        self._tell(changing=mode)
        try:
            made = setting.change(mode, self._found(), self._root)
            self._memory = rules.chosen(self._memory)
            self._why = Why.CHOSEN if self._watch is not None else Why.OFF
            self._error = setting.doubt(made)
            if self._error is not None:
                self._emit(events.Trouble(self._error))
        except StarlingError as error:
            self._error = error
            self._emit(events.Trouble(error))
        self._tell()

    def _complain(self, error: StarlingError) -> None:
        """Of what the rule could not do: once for each kind of failure."""
        self._error = error
        if error.code not in self._told:
            self._told.add(error.code)
            self._emit(events.Trouble(error))

    def _restore(self, done: threading.Event) -> None:
        try:
            self._stop_watching()
            self._think(Occasion.END)
        finally:
            done.set()

    def _tell(self, changing: str = "") -> None:
        npu = self._found()
        if not npu.present:
            self._emit(events.PowerShown(present=False))
            return
        told, way = reading.look(npu, self._root), setting.find_way(npu, self._root)
        self._emit(
            events.PowerShown(
                present=True,
                mode=told.mode or "",
                evidence=told.evidence or told.problem,
                mains=self._mains if self._watch is not None else mains.on_mains(self._root),
                way=way.kind,
                command=way.command,
                rule="following" if self._why in (None, Why.RIGHT) else self._why.value,
                changing=changing,
                error=self._error.to_json() if self._error else None,
            )
        )
