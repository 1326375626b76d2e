"""A pipeline that runs for a window, and the commands it understands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from starling import locate
from starling.audio.speaker import Speaker
from starling.audio.switched import SwitchedMicrophone
from starling.core.chime import chime
from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.pipeline import engines, events, lookups, machine, model_store, voice_lookup
from starling.pipeline.again import Again
from starling.pipeline.choice import Choice, choose
from starling.pipeline.connections import Connections
from starling.pipeline.enginewatch import EngineWatch
from starling.pipeline.historywork import HistoryWork
from starling.pipeline.modelwork import ModelJobs
from starling.pipeline.npu_users import NpuUsers
from starling.pipeline.power import Power
from starling.pipeline.preview import Previews
from starling.pipeline.preview_engines import PreviewEngines
from starling.pipeline.proving import Proving
from starling.pipeline.session import Session, rules_of, steer
from starling.pipeline.shelf import ModelShelf
from starling.pipeline.tasks import Tasks
from starling.pipeline.voice_figures import VoiceBook
from starling.settings.lists import items
from starling.settings.schema import Value

Emit = Callable[[events.Event], None]
TASK_S = 0.3
"""For a task that runs when the end comes."""


class Running:
    """Builds the pipeline; :meth:`run` serves it until :meth:`stop`. All on one thread, other methods from any.

    Args:
        setting: reads a setting; read again at every :meth:`apply`.
        listening: tells what to listen to now; asked while building, later :meth:`listen` tells.
        emit: hears of everything, on several threads.

    Raises:
        StarlingError: it cannot be built.
    """

    def __init__(self, setting: Callable[[str], Value], listening: Callable[[], events.Listening], emit: Emit) -> None:
        self._setting = setting
        self._emit = emit
        self._choice = choose(setting)
        self._listening = listening()
        self._ready = threading.Lock()  # guards the two below
        self._loaded = ""
        self._built = False
        self._watchers: set[str] = set()  # of the coordinator's thread
        self.proving = Proving(lambda: self._choice, emit, self._proven)
        self._emit = emit = self.proving.overhear(emit)
        with ExitStack() as stack:
            stack.callback(self.proving.close)
            # Processes first: models load and devices open while this one imports the rest.
            both = engines.start(self._choice, self._on_engine)
            stack.callback(both.close)
            self._microphone = SwitchedMicrophone()
            stack.callback(self._microphone.close)
            # A thread of its own: mute waits for nothing else.
            self._devices = Tasks("microphone-switch", self._failed)
            stack.callback(lambda: self._devices.close(TASK_S))
            self._follow(self._listening)
            speaker = Speaker(self._choice.speaker)
            stack.callback(speaker.close)
            self.session = Session(
                self._choice, both, self._microphone, speaker, emit, real_time=True, recover=True, live=True
            )
            stack.pop_all()
        self._lender = PreviewEngines(both, lambda: self._choice.seed, lambda: self._choice.tts_model)
        self.previews = Previews(self.session.replies, self.session.speaking, self._lender, emit)
        self._tasks, self._retries = Tasks("tasks", self._failed), Tasks("retries", self._failed)
        self._users = NpuUsers(lambda: self._tasks.put(self._tell_contexts))
        self._watch = EngineWatch(both, self._tell_engine, self._look)
        self._again = Again(self.session, emit)
        self.history = HistoryWork(self.session.history, self.session.book, emit)
        self.session.keeper.changed = lambda turn: emit(events.HistoryChanged(turn))
        self.connections = Connections(lambda: self._choice.language_model, emit)
        self._best: tuple[EngineSpec | None, EngineSpec | None] = both.tops
        self.models = ModelJobs(self._shelf(), emit, lambda: self._tasks.put(self._fit_models))
        self._coordinator = self.session.coordinator
        self._use_choice(self._choice)
        self._listening = now = listening()
        self._coordinator.listen(now.mode, now.activation, muted=now.muted)
        self._follow(now)
        self._tasks.put(lambda: emit(lookups.npu()))
        self.power = Power(setting, emit)
        self.power.apply()
        self._tell_ready(built=True)

    def run(self) -> None:
        """Serve until :meth:`stop`, then until everything that was said is delivered."""
        self.session.run()

    def stop(self) -> None:
        """Finish what was said and return from :meth:`run`."""
        self._coordinator.stop()

    def abort(self) -> None:
        """Return from :meth:`run` without waiting for engines: what they had in hand stays pending on disk."""
        self.session.engines.close()

    def close(self) -> None:
        """End every thread, child and file."""
        self.proving.close()
        self._again.abort()
        self.power.close()
        self.connections.close()
        self.history.close()
        self.models.close()
        self.previews.close()
        for tasks in (self._tasks, self._retries, self._devices):
            tasks.close(TASK_S)
        self._watch.close()
        self.session.close()

    # -- what listens ------------------------------------------------------------------------------------------

    def listen(self, listening: events.Listening) -> None:
        """Listen as this says; the microphone is closed where nothing is to be heard."""
        self._listening = listening
        self._do(
            lambda: self._coordinator.listen(listening.mode, listening.activation, muted=listening.muted),
        )
        self._do(lambda: self._use_mode(listening.mode))
        self._follow(listening)

    def press(self, at_s: float) -> None:
        """The talk key went down, at this monotonic time."""
        self._do(lambda: self._coordinator.press(at_s))

    def release(self, at_s: float) -> None:
        """The talk key went up."""
        self._do(lambda: self._coordinator.release(at_s))

    def cancel(self) -> None:
        """Forget what is being said."""
        self._do(self._coordinator.cancel)

    def silence(self) -> None:
        """Stop speaking."""
        self._do(self._coordinator.silence)

    def watch_sound(self, on: bool, who: str) -> None:
        """Send meters, or no more, unless another one watches."""

        def switch() -> None:
            (self._watchers.add if on else self._watchers.discard)(who)
            self._coordinator.metering = bool(self._watchers)

        self._do(switch)

    def set_private(self, on: bool) -> None:
        """Store nothing that is said from now on, or store again; on the coordinator's thread, between two blocks."""

        def switch() -> None:
            self.session.keeper.private = on
            self._emit(events.PrivateChanged(on))

        self._do(switch)

    # -- turns -------------------------------------------------------------------------------------------------

    def ask(self, text: str) -> None:
        """Answer a typed question."""
        self._do(lambda: self._coordinator.ask(text))

    def confirm(self, turn: str, yes: bool) -> None:
        """The user's word on what a turn's reply asks."""
        self._do(lambda: self._coordinator.confirm(turn, yes))

    def forget_conversation(self) -> None:
        """Begin a new conversation with the language model."""
        self.session.replies.do(self.session.talk.forget)

    def replay(self, turn: str) -> None:
        """Play the recording of a turn."""
        self._tasks.put(lambda: self._again.replay(turn))

    def say_again(self, turn: str, text: str) -> None:
        """Speak a turn's reply again: that with this text, or the last one."""
        self._tasks.put(lambda: self._again.say_again(turn, text))

    def retry(self, turn: str, model: str) -> None:
        """Recognise a turn's recording again."""
        self._retries.put(lambda: self._again.retry(turn, model, self._choice))

    def delete(self, turn: str) -> None:
        """Forget a turn; an empty name means all of them."""
        self._tasks.put(lambda: self._again.forget(turn))

    def test_speaker(self) -> None:
        """Two soft notes."""
        self.session.replies.replay("", "", chime())

    # -- questions ---------------------------------------------------------------------------------------------

    def find_devices(self) -> None:
        """Answered by ``DevicesFound``."""
        self._tasks.put(lambda: self._emit(lookups.devices()))

    def find_models(self) -> None:
        """Answered by ``ModelsFound``."""
        self._tasks.put(lambda: self._emit(lookups.models()))

    def find_voices(self) -> None:
        """Answered by ``VoicesFound``."""
        self._tasks.put(lambda: self._emit(lookups.voices(self.session.engines.tts)))

    def list_voices(self) -> None:
        """Answered by ``VoiceCatalogue``."""

        def look() -> events.VoiceCatalogue:
            favourites = items(str(self._setting("tts.favourites")))
            lender = self._lender
            return voice_lookup.catalogue(
                lambda: lender.borrow("demo"),
                lender.tier_in_use,
                favourites,
                lender.why_not_better,
                VoiceBook(locate.data_dir()).all(),
            )

        self._tasks.put(lambda: self._emit(look()))

    def later(self, task: Callable[[], None]) -> None:
        """Something slow, on a thread for such; what fails is told as ``Trouble``."""
        self._tasks.put(task)

    def look_at_machine(self) -> None:
        """Answered by ``MachineShown``."""
        self._tasks.put(lambda: self._emit(machine.look()))

    def recent(self, limit: int) -> None:
        """Answered by ``PastTurns``."""
        history = self.session.history
        if history is not None:
            self._tasks.put(lambda: self._emit(lookups.recent(history, limit)))

    # -- settings ----------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Read the settings again and change what differs."""
        self._tasks.put(self._apply)
        self.power.apply()

    def _apply(self) -> None:
        old, new = self._choice, choose(self._setting)
        self._choice = new
        self._do(lambda: self._use_choice(new))
        both, part = self.session.engines, partial(self._exchange, old, new)
        part(("microphone",), lambda: self._use_microphone(new.microphone))
        stt = ("stt_tier", "stt_provider", "stt_prefer", "stt_model", "stt_threads")
        part(stt, lambda: both.exchange_stt(new, self._on_engine))
        part(("tts_tier", "tts_model", "seed"), lambda: both.exchange_tts(new, self._on_engine))
        part(("speaker",), lambda: self.session.use_sink(Speaker(new.speaker)))  # waits for the end of a reply

        self._best = both.tops
        if any(getattr(old, name) != getattr(new, name) for name in stt):
            self.proving.look()

    def _proven(self) -> None:
        """Something was proven: use what is the best one now; on the prover's thread, beside what is in use."""
        both = self.session.engines
        for place, family, promote in ((0, "stt", both.promote_stt), (1, "tts", both.promote_tts)):
            best, old = engines.best_specs(self._choice)[place], self._best[place]
            if best is None or (old is not None and replace(best, proven_rtf=None) == replace(old, proven_rtf=None)):
                continue
            rung = promote(self._choice, self._on_engine)
            if rung is None:
                continue
            self._best = (best, self._best[1]) if place == 0 else (self._best[0], best)
            why = self.proving.reason(family, rung.spec.provider) or rung.why_not_better
            spec = rung.spec
            message = f"{spec.tier} · {spec.provider or spec.model} took over{f': {why}' if why else ''}"
            self._emit(events.EngineChanged(family, "Promoted", rung.spec.name, f"{message}."))

    def _fit_models(self) -> None:
        """Other models are there: use what is the best one now."""
        (old_stt, old_tts), best = self._best, engines.best_specs(self._choice)
        self._best = best
        self.proving.look()
        if best[0] is not None and best[0] != old_stt:
            self.session.engines.exchange_stt(self._choice, self._on_engine)
        if best[1] is not None and best[1] != old_tts:
            self.session.engines.exchange_tts(self._choice, self._on_engine)

    def _exchange(self, old: Choice, new: Choice, fields: tuple[str, ...], exchange: Callable[[], None]) -> None:
        """Exchange a part that differs; one that cannot be is told, tried at the next change, and keeps no other."""
        if all(getattr(old, name) == getattr(new, name) for name in fields):
            return
        try:
            exchange()
        except StarlingError as error:
            self._choice = replace(self._choice, **{name: getattr(old, name) for name in fields})
            self._failed(error)

    def _use_microphone(self, device: str) -> None:
        def switch() -> None:
            if self._microphone.open:
                self._do(self._coordinator.lose_speech)
                self._microphone.use(device)

        self._devices.put(switch)

    def _use_choice(self, choice: Choice) -> None:
        """What needs no device or process; on the coordinator's thread."""
        session, coordinator = self.session, self._coordinator
        coordinator.configure(choice.segmenter, choice.follow_up_s)
        steer(coordinator.handsfree, choice)
        session.recogniser.options = choice.stt_options
        session.speaking.voice, session.speaking.speed = choice.voice, choice.speed
        session.speaking.volume = choice.volume
        session.talk.use(choice.language_model)
        session.replies.do(session.talk.follow)
        session.engines.idle_unload(choice.idle_unload_s)
        session.keeper.keep_days, session.keeper.keep_audio_days = choice.keep_days, choice.keep_audio_days
        if session.partials is not None:
            session.partials.enabled = choice.live_text
        if session.history is not None:
            session.history.keep, session.history.keep_audio = choice.keep_history, choice.keep_audio
        self._use_mode(self._listening.mode)

    def _use_mode(self, mode: events.Mode) -> None:
        self._coordinator.rules = rules_of(self._choice, mode)
        self.session.keeper.mode = mode
        self.session.dictate(self._choice, mode)

    def _follow(self, listening: events.Listening) -> None:
        """Close or open the microphone as this says."""
        deaf = listening.muted or listening.mode == "off"

        def switch() -> None:
            if deaf == self._microphone.open:
                self._microphone.use(None if deaf else self._choice.microphone)

        self._devices.put(switch)

    # -- inside ------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self.session.speaking.look()
        self.previews.tidy()

    def _shelf(self) -> ModelShelf:
        return ModelShelf(
            lambda: model_store.store(self._setting),
            lambda: self._choice.stt_threads,
            lambda: self._choice.seed,
        )

    def _do(self, action: Callable[[], None]) -> None:
        self.session.mailbox.do(action)

    def _tell_engine(self, shown: events.EngineShown) -> None:
        self._emit(shown)
        self._users.hear(shown)

    def _tell_contexts(self) -> None:
        contexts = lookups.contexts()
        if contexts is not None:
            self._emit(contexts)

    def _failed(self, error: StarlingError) -> None:
        self._emit(events.Trouble(error))

    def _on_engine(self, event: events.EngineChanged) -> None:
        self._emit(event)
        if (event.family, event.kind) == ("stt", "EngineStarted"):
            self._tell_ready(loaded=event.name)

    def _tell_ready(self, loaded: str = "", *, built: bool = False) -> None:
        with self._ready:
            first = not (self._loaded and self._built)
            self._loaded, self._built = loaded or self._loaded, built or self._built
            both = bool(self._loaded) and self._built
        if not both:
            return
        if self.session.partials is not None:
            self._do(self.session.partials.engine_loaded)
        if first:
            self._emit(events.Ready(self._loaded, self._choice.microphone))
