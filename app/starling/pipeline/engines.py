"""The two engine families of a run, built from what the user chose and what is installed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.core.results import Samples, SttOptions
from starling.engine.clients import SttClient, Synthesis, TtsClient
from starling.engine.events import (
    EngineEvent,
    EngineRestarted,
    EngineStarted,
    EngineUnavailable,
    EngineUnloaded,
    FellBack,
    TierDemoted,
)
from starling.engine.failures import CLOSED
from starling.engine.supervisor import Supervisor
from starling.models import library
from starling.models.info import ModelInfo, largest
from starling.npu.contexts import Family
from starling.pipeline import candidacy, events, xrt_log
from starling.pipeline.candidacy import Candidacy
from starling.pipeline.choice import Choice
from starling.pipeline.recognition import Recognised
from starling.speech.stt.ladder import stt_ladder
from starling.speech.tts.ladder import tts_ladder

CLOSED_CHECK_S = 0.2


def stt_model(choice: Choice) -> ModelInfo | None:
    """The Whisper that was named, or else the largest one that is installed; None for none.

    Raises:
        StarlingError: the model that was named does not exist, or is none.
    """
    if choice.stt_model:
        return library.find(choice.stt_model, "whisper-ct2")
    return largest(library.installed(), "whisper-ct2")


def stt_rungs(choice: Choice, looked: Candidacy | None = None) -> list[Rung]:
    """The recognisers to use, best first; ``looked`` spares another look for accelerators. Raises as stt_model."""
    if choice.stt_tier == "demo":
        return stt_ladder("demo", None, (), choice.stt_threads)
    model = stt_model(choice)
    looked = looked or candidacy.look(choice, model)
    rungs = stt_ladder(
        choice.stt_tier,
        model,
        (),
        choice.stt_threads,
        looked.candidates,
        looked.judge,
        provider=choice.stt_provider,
        no_candidates=looked.none,
    )
    return xrt_log.logged(rungs) if choice.xrt_log else rungs


def tts_model(choice: Choice) -> ModelInfo | None:
    """The Kokoro that was named, or else the largest one that is installed; None for none. Raises as stt_model."""
    if choice.tts_model:
        return library.find(choice.tts_model, "kokoro")
    return largest(library.installed(), "kokoro")


def tts_rungs(choice: Choice, looked: Candidacy | None = None) -> list[Rung]:
    """The voices to use, best first. With ``auto``, a model that is gone is no reason to be silent: the rest speaks.

    Raises:
        StarlingError: as :func:`stt_rungs`, where the tier is ``cpu``.
    """
    if choice.tts_tier == "demo":
        return tts_ladder("demo", None, (), choice.seed)
    try:
        model = tts_model(choice)
    except StarlingError as error:
        if choice.tts_tier == "cpu":
            raise
        best, *others = tts_rungs(replace(choice, tts_model=""), looked)
        return [replace(best, why_not_better=error.message), *others]
    looked = looked or candidacy.look_voice(choice, model)
    return tts_ladder(
        choice.tts_tier, model, (), choice.seed, looked.candidates, looked.judge, no_candidates=looked.none
    )


def best_specs(choice: Choice) -> tuple[EngineSpec | None, EngineSpec | None]:
    """What is tried first of recogniser and voice with the models that are there; None where nothing can be."""
    found: list[EngineSpec | None] = []
    for rungs in (stt_rungs, tts_rungs):
        try:
            found.append(rungs(choice)[0].spec)
        except StarlingError:
            found.append(None)
    return found[0], found[1]


@dataclass
class Engines:
    """The clients in use of both families. One that is exchanged ends after the call it is in."""

    stt: SttClient
    tts: TtsClient
    _coming: Supervisor | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def synthesize(self, text: str, voice: str, speed: float, following: str = "") -> Synthesis:
        """Speak with the voice in use; see :meth:`TtsClient.synthesize`."""
        return self.tts.synthesize(text, voice, speed, following)

    def exchange_stt(self, choice: Choice, emit: Callable[[events.EngineChanged], None]) -> None:
        """Use the recogniser of another choice from now on. Raises StarlingError, and changes nothing then."""
        new = start_stt(choice, emit)
        with self._lock:
            old, self.stt = self.stt, new
        old.supervisor.retire()

    def promote_stt(self, choice: Choice, emit: Callable[[events.EngineChanged], None]) -> Rung | None:
        """Load the recogniser of this choice beside the one in use, and use it once it is ready. Blocks meanwhile.

        Nothing that is said waits for the load, and nothing changes when it fails.

        Returns:
            The rung that took over; None when it could not be loaded, or another recogniser was chosen meanwhile.

        Raises:
            StarlingError: as :meth:`exchange_stt`.
        """
        return self._promote("stt", stt_rungs(choice), choice, emit)

    def promote_tts(self, choice: Choice, emit: Callable[[events.EngineChanged], None]) -> Rung | None:
        """The same for the voice."""
        return self._promote("tts", tts_rungs(choice), choice, emit)

    def _promote(
        self, family: Family, rungs: list[Rung], choice: Choice, emit: Callable[[events.EngineChanged], None]
    ) -> Rung | None:
        old, over = getattr(self, family), threading.Event()

        def hear(event: EngineEvent) -> None:
            emit(told(family, event))
            if isinstance(event, EngineStarted | EngineUnavailable | FellBack | TierDemoted):
                over.set()

        supervisor = _supervisor(family, rungs, choice, hear)
        with self._lock:
            self._coming = supervisor
        supervisor.warm()
        until_s = time.monotonic() + rungs[0].spec.load_deadline_s
        while not over.wait(CLOSED_CHECK_S) and time.monotonic() < until_s and supervisor.state().status != "closed":
            pass
        state = supervisor.state()
        ready = state.status == "ready" or (state.status in ("busy", "loading") and bool(state.about))
        with self._lock:
            self._coming = None
            takes_over = ready and state.rung.spec == rungs[0].spec and getattr(self, family) is old
            if takes_over:
                setattr(self, family, SttClient(supervisor) if family == "stt" else TtsClient(supervisor))
        (old.supervisor.retire if takes_over else supervisor.close)()
        return rungs[0] if takes_over else None

    def exchange_tts(self, choice: Choice, emit: Callable[[events.EngineChanged], None]) -> None:
        """Use the voice engine of another choice from now on. Raises as :meth:`exchange_stt`."""
        new = start_tts(choice, emit)
        with self._lock:
            old, self.tts = self.tts, new
        old.supervisor.retire()

    @property
    def tops(self) -> tuple[EngineSpec, EngineSpec]:
        """What is tried first of recogniser and voice."""
        return self.stt.supervisor.top.spec, self.tts.supervisor.top.spec

    def idle_unload(self, after_s: float) -> None:
        """Unload models that were idle for so long; 0 never."""
        self.stt.supervisor.idle_unload_s = self.tts.supervisor.idle_unload_s = after_s

    def close(self) -> None:
        """End both processes, side by side."""
        with self._lock:
            supervisors = [self.stt.supervisor, self.tts.supervisor, *filter(None, [self._coming])]
        closers = [threading.Thread(target=supervisor.close) for supervisor in supervisors]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()


def start_tts(choice: Choice, emit: Callable[[events.EngineChanged], None]) -> TtsClient:
    """Build the voice's ladder and load its best model in the background."""
    supervisor = _supervisor("tts", tts_rungs(choice), choice, lambda event: emit(told("tts", event)))
    supervisor.warm()
    return TtsClient(supervisor)


def tts_of(tier: Literal["cpu", "demo"], seed: int, idle_unload_s: float, model: str = "") -> TtsClient:
    """One tier's voice alone, of the model of that name or else of the largest; loads with its first call.

    Raises:
        StarlingError: ``tts.no_model``.
    """
    installed = library.installed()
    named = next((info for info in installed if info.kind == "kokoro" and model in (info.name, str(info.path))), None)
    return TtsClient(Supervisor(tts_ladder(tier, named, installed, seed), idle_unload_s))


def start_stt(choice: Choice, emit: Callable[[events.EngineChanged], None]) -> SttClient:
    """Build the recogniser's ladder and load its best model in the background."""
    supervisor = _supervisor("stt", stt_rungs(choice), choice, lambda event: emit(told("stt", event)))
    supervisor.warm()
    return SttClient(supervisor)


def start(choice: Choice, emit: Callable[[events.EngineChanged], None]) -> Engines:
    """Build both ladders; load the recogniser, then the voice, which is needed last, in the background."""
    tts = _supervisor("tts", tts_rungs(choice), choice, lambda event: emit(told("tts", event)))

    warmed = threading.Event()

    def on_stt(event: EngineEvent) -> None:
        emit(told("stt", event))
        if isinstance(event, EngineStarted | EngineUnavailable) and not warmed.is_set():
            warmed.set()
            tts.warm()

    stt = _supervisor("stt", stt_rungs(choice), choice, on_stt)
    stt.warm()
    return Engines(SttClient(stt), TtsClient(tts))


def _supervisor(
    family: Family, rungs: list[Rung], choice: Choice, on_event: Callable[[EngineEvent], None]
) -> Supervisor:
    slots = candidacy.slots() if any(rung.spec.provider for rung in rungs) else None
    return Supervisor(rungs, choice.idle_unload_s, on_event=on_event, slots=slots, family=family)


def recognise(client: SttClient, options: SttOptions) -> Callable[[Samples], Recognised]:
    """One clip in, one result out, for the recognition line."""

    def run(samples: Samples) -> Recognised:
        (result,) = client.transcribe([samples], options)
        spec = result.rung.spec
        return Recognised(
            result.transcript,
            spec.tier,
            spec.model,
            result.attempts,
            provider=spec.provider,
            changes=result.changes,
            why_not_better=result.rung.why_not_better,
        )

    return run


def told(family: str, event: EngineEvent) -> events.EngineChanged:
    """An engine's event as one sentence."""
    match event:
        case EngineStarted(rung=rung, load_s=load_s):
            message = f"{_called(rung)} is loaded ({load_s:.1f} s)."
        case EngineUnavailable(rung=rung, reason=reason):
            message = f"{_called(rung)} could not be loaded. {reason}"
        case EngineRestarted(rung=rung, reason=reason):
            message = f"{_called(rung)} is restarted. {reason}"
        case EngineUnloaded(rung=rung):
            message = f"{_called(rung)} was idle and left memory."
        case FellBack(from_rung=before, to_rung=rung, reason=reason):
            message = f"{_called(rung)} takes over from {_called(before)} for this once. {reason}"
        case TierDemoted(from_rung=before, to_rung=rung, reason=reason):
            message = f"{_called(rung)} replaces {_called(before)} for this session. {reason}"
    return events.EngineChanged(family, type(event).__name__, rung.spec.name, message)


def _called(rung: Rung) -> str:
    """As the status panel names it: ``advanced · xrt · starter``."""
    return rung.spec.name.replace(":", " · ")


class Recogniser:
    """One clip in, one result out, with the recogniser in use. ``options`` and ``prompt`` may be changed.

    ``prompt``: asked before each clip for the text that may have come before it; not for live text.
    """

    def __init__(self, engines: Engines, options: SttOptions) -> None:
        self.options = options
        self.prompt: Callable[[], str] = lambda: ""
        self._engines = engines

    def __call__(self, samples: Samples) -> Recognised:
        """Blocks until the text is there. Raises StarlingError when every rung failed."""
        prompt = self.prompt()
        while True:
            client = self._engines.stt
            try:
                return recognise(client, replace(self.options, prompt=prompt))(samples)
            except StarlingError as error:
                if error.code != CLOSED or client is self._engines.stt:
                    raise
                # exchanged while this call waited for its turn

    def partial(self, samples: Samples) -> tuple[str, float]:
        """The text of a growing clip and the seconds inside the engine. Raises ``engine.busy`` instead of waiting."""
        options = replace(self.options, temperatures=(0.0,))
        (result,) = self._engines.stt.transcribe([samples], options, low_priority=True)
        return result.transcript.text, result.transcript.processing_s
