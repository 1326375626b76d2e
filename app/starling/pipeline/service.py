"""The running assistant, as the window sees it: commands go in and return at once, events come out.

Light to import: what needs numpy, sound and models is imported on the pipeline's own thread.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from starling.core.errors import StarlingError, internal_error
from starling.pipeline import events
from starling.settings.lists import items, with_item
from starling.settings.store import Settings

if TYPE_CHECKING:
    from starling.history.wanted import Wanted
    from starling.pipeline.reach import Reach
    from starling.pipeline.running import Running

FINISH_S = 0.5
"""For what was said just before the end. What takes longer is on disk and comes at the next start."""


class Service:
    """Owns the pipeline of a window.

    Every method may be called from any thread and returns at once; what comes of it is told by events. What is
    commanded before the pipeline stands is done as soon as it does.

    Args:
        settings: read at the start and at every :meth:`apply`.
        emit: hears of everything, on several threads.
    """

    def __init__(self, settings: Settings, emit: Callable[[events.Event], None]) -> None:
        self._settings = settings
        self._tell = emit
        self._reach: Reach | None = None
        self._lock = threading.Lock()  # guards all below
        self._running: Running | None = None
        self._waiting: list[Callable[[Running], None]] = []
        self._thread: threading.Thread | None = None
        self._closing = self._ended = False
        self._private = self._settings.read("history.private_start", bool)
        self._listening = events.Listening(
            cast(events.Mode, settings.get("listen.mode")),
            cast(events.Activation, settings.get("listen.activation")),
            muted=False,
        )

    def start(self) -> None:
        """Build the pipeline on a thread of its own; ends in ``Ready``, or ``Stopped`` with the reason.

        After ``Stopped`` it may be started again.
        """
        with self._lock:
            if self._thread is None and not self._closing:
                self._ended = False
                self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
                self._thread.start()

    def close(self, timeout_s: float = 2.0) -> None:
        """End every thread and child; waits for it, ``timeout_s`` at most. A second call does nothing.

        What was said and is not recognised yet is on disk and comes at the next start.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._lock:
            self._closing = True
            running, thread = self._running, self._thread
        if thread is None or thread is threading.current_thread():
            return
        if running is not None:
            running.stop()
            thread.join(min(FINISH_S, timeout_s))
            if thread.is_alive():
                running.abort()
        thread.join(max(0.0, deadline_s - time.monotonic()))

    def set_mode(self, mode: events.Mode) -> None:
        """Answer, only write down, or hear nothing."""
        self._listen(mode=mode)

    def set_activation(self, activation: events.Activation) -> None:
        """Hear all the time, or while the talk key is held."""
        self._listen(activation=activation)

    def set_muted(self, muted: bool) -> None:
        """Close the microphone, or open it again."""
        self._listen(muted=muted)

    def set_private(self, on: bool) -> None:
        """Store nothing that is said, or store it again; told by ``PrivateChanged``. Not for the next run."""
        with self._lock:
            self._private = on
        self._emit(events.PrivateChanged(on))
        self._do(lambda running: running.set_private(on))

    def press(self) -> None:
        """The talk key went down."""
        at_s = time.monotonic()
        self._do(lambda running: running.press(at_s))

    def release(self) -> None:
        """The talk key went up."""
        at_s = time.monotonic()
        self._do(lambda running: running.release(at_s))

    def cancel(self) -> None:
        """Forget what is being said."""
        self._do(lambda running: running.cancel())

    def stop(self) -> None:
        """Silence at once, and drop what waits to be answered."""
        self._do(lambda running: running.silence())

    def ask(self, text: str) -> None:
        """Answer a typed question; a ``Trouble`` tells that nothing runs any more."""
        if not self._do(lambda running: running.ask(text)):
            self._emit(events.Trouble(StarlingError("app.not_running", "Starling is not running.", "Start it again.")))

    def confirm(self, turn: str, yes: bool) -> None:
        """The user's word on ``ConfirmAsked`` of this turn, given by hand; the reply goes on."""
        self._do(lambda running: running.confirm(turn, yes))

    def forget_conversation(self) -> None:
        """Begin a new conversation with the language model; answered by ``ConversationForgotten``."""
        self._do(lambda running: running.forget_conversation())

    def find_servers(self) -> None:
        """Look for language model servers on this machine; answered by ``ServersFound``."""
        self._do(lambda running: running.connections.find())

    def test_connection(self, url: str = "", model: str = "") -> None:
        """Have a server say hello; empty values stand for the settings. Answered by ``ConnectionTested``."""
        self._do(lambda running: running.connections.test(url, model))

    def find_key(self, url: str = "") -> None:
        """Whether a key is stored for a server; answered by ``KeyShown``."""
        self._do(lambda running: running.connections.look_up_key(url))

    def save_key(self, url: str, key: str) -> None:
        """Store a server's key in the system's keyring, an empty one removes it; answered by ``KeyShown``."""
        self._do(lambda running: running.connections.save_key(url, key))

    def replay(self, turn: str) -> None:
        """Play the recording of a turn."""
        self._do(lambda running: running.replay(turn))

    def say_again(self, turn: str, text: str = "") -> None:
        """Speak a turn's reply again: of several that with this text, or else the last one."""
        self._do(lambda running: running.say_again(turn, text))

    def retry(self, turn: str, model: str) -> None:
        """Recognise a turn's recording again with another model."""
        self._do(lambda running: running.retry(turn, model))

    def delete(self, turn: str) -> None:
        """Forget a turn, its text and its recording."""
        if turn:
            self._do(lambda running: running.delete(turn))

    def clear(self) -> None:
        """Forget all turns."""
        self._do(lambda running: running.delete(""))

    def apply(self) -> None:
        """Read the settings again and change what differs."""
        set_now = {"mode": self._settings.get("listen.mode"), "activation": self._settings.get("listen.activation")}
        if any(getattr(self._listening, name) != value for name, value in set_now.items()):
            self._listen(**set_now)
        self._do(lambda running: running.apply())
        if (reach := self._reach) is not None:
            reach.keys.apply()

    def find_devices(self) -> None:
        """Answered by ``DevicesFound``."""
        self._do(lambda running: running.find_devices())

    def find_models(self) -> None:
        """Answered by ``ModelsFound``."""
        self._do(lambda running: running.find_models())

    def find_voices(self) -> None:
        """Answered by ``VoicesFound``."""
        self._do(lambda running: running.find_voices())

    def list_voices(self) -> None:
        """The voices of every tier; answered by ``VoiceCatalogue``."""
        self._do(lambda running: running.list_voices())

    def preview(
        self, text: str, voice: str = "", tier: str = "", speed: float = 1.0, volume: float = 1.0, seed: int = 0
    ) -> None:
        """Let a voice be heard: ``PreviewLoading``, ``PreviewBegan``, ``PreviewProgress`` …, one ``PreviewEnded``.

        The one before it is stopped. Arguments: :class:`starling.pipeline.events.Preview`.
        """
        wanted = events.Preview(text, voice, tier, speed, volume, seed)
        self._do(lambda running: running.previews.start(wanted))

    def stop_preview(self) -> None:
        """Silence a preview at once; nothing else is touched."""
        self._do(lambda running: running.previews.stop())

    def export_preview(self, preview: events.Preview, path: str, overwrite: bool = False) -> None:
        """Write a preview as a WAV file, heard before or not; answered by ``PreviewExported``."""
        self._do(lambda running: running.previews.export(preview, path, overwrite=overwrite))

    def set_favourite(self, voice: str, on: bool) -> None:
        """Add a voice to the setting ``tts.favourites``, or take it out; answered by ``FavouritesChanged``."""
        self._do(lambda running: running.later(lambda: self._keep_favourite(voice, on)))

    def recent(self, limit: int) -> None:
        """Answered by ``PastTurns``."""
        self._do(lambda running: running.recent(limit))

    def find_history(self, token: int, wanted: Wanted) -> None:
        """Answered by ``HistoryFound`` with this token, unless another question comes before it."""
        self._do(lambda running: running.history.find(token, wanted))

    def read_history(self, numbers: Sequence[int]) -> None:
        """Answered by ``HistoryRead``."""
        self._do(lambda running: running.history.read(numbers))

    def take_away(self, numbers: Sequence[int]) -> None:
        """Show entries no more, for good with :meth:`purge` or the end of this run; told by ``HistoryTaken``."""
        self._do(lambda running: running.history.take_away(numbers))

    def bring_back(self, numbers: Sequence[int]) -> None:
        """Undo :meth:`take_away`; told by ``HistoryTaken``."""
        self._do(lambda running: running.history.bring_back(numbers))

    def purge(self) -> None:
        """What was taken away is gone for good; told by ``TurnDeleted``."""
        self._do(lambda running: running.history.purge())

    def export_history(self, path: str, kind: str, wanted: Wanted, overwrite: bool = False) -> None:
        """Write what is wanted of the history to a file; answered by ``HistoryExported``."""
        self._do(lambda running: running.history.export(path, kind, wanted, overwrite))

    def watch_sound(self, on: bool, who: str = "window") -> None:
        """Send ``Sound`` from now on, or no more, unless another one watches."""
        self._do(lambda running: running.watch_sound(on, who))

    def test_speaker(self) -> None:
        """Play two soft notes through the speaker."""
        self._do(lambda running: running.test_speaker())

    def _keep_favourite(self, voice: str, on: bool) -> None:
        key = "tts.favourites"
        self._settings.use(key, with_item(self._settings.read(key, str), voice, on))
        self._emit(events.FavouritesChanged(items(self._settings.read(key, str))))
        self._settings.save(key)

    def list_models(self) -> None:
        """Answered by ``ModelsShown``, after a ``ModelWork`` of every download that goes on or is paused."""
        self._do(lambda running: running.models.list())

    def install_model(self, name: str) -> None:
        """Download a model of the catalogue, or go on with a paused download; told by ``ModelWork``."""
        self._do(lambda running: running.models.install(name))

    def pause_model(self, name: str) -> None:
        """Pause a download; what it has brought is kept."""
        self._do(lambda running: running.models.pause(name))

    def cancel_model(self, name: str) -> None:
        """End a download and delete what it has brought."""
        self._do(lambda running: running.models.cancel(name))

    def import_model(self, path: str) -> None:
        """Install a file or folder that the user has; told by ``ModelWork``."""
        self._do(lambda running: running.models.bring_in(path))

    def verify_model(self, name: str) -> None:
        """Hash an installed model's files again; told by ``ModelWork``."""
        self._do(lambda running: running.models.verify(name))

    def remove_model(self, name: str) -> None:
        """Delete an installed model; told by ``ModelWork``."""
        self._do(lambda running: running.models.remove(name))

    def test_model(self, name: str) -> None:
        """Measure an installed model on this machine; told by ``ModelWork`` and ``ModelMeasured``."""
        self._do(lambda running: running.models.test(name))

    def show_proofs(self) -> None:
        """What is proven of accelerators; answered by ``ProofShown``."""
        self._do(lambda running: running.proving.show())

    def prove_again(self) -> None:
        """Let every accelerator prove itself, in the next quiet moment; told by ``ProofShown``."""
        self._do(lambda running: running.proving.prove())

    def cancel_proof(self) -> None:
        """End a proof that runs or waits; told by ``ProofShown``."""
        self._do(lambda running: running.proving.cancel())

    def look_at_machine(self) -> None:
        """Answered by ``MachineShown``."""
        self._do(lambda running: running.look_at_machine())

    def look_at_power(self) -> None:
        """Look at the NPU's power mode; answered by ``PowerShown``."""
        self._do(lambda running: running.power.look())

    def set_power_mode(self, mode: str) -> None:
        """Set the NPU's power mode, for which the system may ask somebody; told by ``PowerShown``."""
        self._do(lambda running: running.power.set_mode(mode))

    def look_at_keys(self) -> None:
        """How global keys are heard; answered by ``KeysShown`` as soon as there is something to tell."""
        if (reach := self._reach) is not None:
            reach.keys.look()

    def ask_for_keys(self) -> None:
        """Ask the desktop again for keys that it or somebody refused; told by ``KeysShown``."""
        if (reach := self._reach) is not None:
            reach.keys.again()

    def _emit(self, event: events.Event) -> None:
        if (reach := self._reach) is not None:
            reach.overhear(event)
        self._tell(event)

    def _listen(self, **changes: object) -> None:
        with self._lock:
            self._listening = replace(self._listening, **changes)  # type: ignore[arg-type]  # fields of Listening
            now = self._listening
        self._do(lambda running: running.listen(now))

    def _do(self, command: Callable[[Running], None]) -> bool:
        """Do it now, or once the pipeline stands; False when it has ended, and what was commanded is dropped."""
        with self._lock:
            running = self._running
            if running is None:
                if not self._ended:
                    self._waiting.append(command)
                return not self._ended
        command(running)
        return True

    def _run(self) -> None:
        error: StarlingError | None = None
        try:
            from starling.pipeline.only_one import only_one

            with only_one():
                self._serve()
        except StarlingError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001 - a thread that ends in silence would leave a dead window
            error = internal_error(failure)
        with self._lock:
            closing, self._ended, self._thread, self._waiting = self._closing, True, None, []
        if error is None and not closing:
            error = StarlingError("app.ended", "Listening ended unexpectedly.", "Start it again.")
        if error is not None:
            self._emit(events.Stopped(error))

    def _serve(self) -> None:
        from starling.pipeline.reach import Reach
        from starling.pipeline.running import Running

        self._reach = reach = Reach(self, self._settings, self._emit)
        self._emit(self._listening)
        self._emit(events.PrivateChanged(self._private))
        with contextlib.ExitStack() as stack:
            stack.callback(reach.close)
            running = Running(self._settings.get, lambda: self._listening, self._emit)
            stack.callback(running.close)
            stack.callback(self._unpublish)
            running.session.keeper.private = self._private
            if self._publish(running):
                reach.open()
                running.run()

    def _unpublish(self) -> None:
        with self._lock:
            self._running = None

    def _publish(self, running: Running) -> bool:
        """Do what was commanded meanwhile; False when the service is closing already."""
        while True:
            with self._lock:
                if self._closing:
                    return False
                waiting, self._waiting = self._waiting, []
                if not waiting:
                    self._running = running
                    return True
            for command in waiting:
                command(running)
