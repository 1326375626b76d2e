"""The engines that speak previews: the one in use where it serves, else one of the tier's own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, cast

from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.engine.clients import SpeechChunk, SpeechMetrics, Synthesis, TtsClient
from starling.engine.failures import CLOSED
from starling.pipeline import engines
from starling.speech.tts.ladder import NOT_BUILT

IDLE_UNLOAD_S = 60.0
"""A preview's own engine leaves memory when nobody has listened for so long."""

Purpose = Literal["preview", "export"]
_TIERS = ("cpu", "demo")


@dataclass
class _Own:
    client: TtsClient
    spec: EngineSpec
    seed: int
    used: bool = False


class Lent:
    """An engine of one tier for one preview. One that is exchanged meanwhile is followed: the next clause asks anew.

    Attributes:
        client: the engine in use.
    """

    def __init__(self, borrow: Callable[[], TtsClient]) -> None:
        self._borrow = borrow
        self.client = borrow()

    def load(self) -> None:
        """Load it. Raises StarlingError."""
        while True:
            try:
                self.client.voices()
                return
            except StarlingError as error:
                self.follow(error)

    def follow(self, error: StarlingError) -> None:
        """Go on with the engine that took over; raises the error where it has another cause, or there is none."""
        if error.code != CLOSED:
            raise error
        before, self.client = self.client, self._borrow()
        if self.client is before:
            raise error

    def synthesize(self, text: str, voice: str, speed: float, following: str = "") -> _Followed:
        """See :class:`starling.pipeline.making.Synthesizer`."""
        return _Followed(self, text, voice, speed, following)


class _Followed:
    """One clause; made by the engine that is in use when it begins."""

    def __init__(self, lent: Lent, text: str, voice: str, speed: float, following: str) -> None:
        self.metrics: SpeechMetrics | None = None
        self._lent = lent
        self._asked = (text, voice, speed, following)
        self._speech: Synthesis | None = None

    def __iter__(self) -> Iterator[SpeechChunk]:
        some = False
        while True:
            speech = self._speech = self._lent.client.synthesize(*self._asked)
            try:
                for chunk in speech:
                    some = True
                    yield chunk
            except StarlingError as error:
                if some:  # no exchange cuts a clause short
                    raise
                self._lent.follow(error)
            else:
                self.metrics = speech.metrics
                return

    def close(self) -> None:
        """Cancel the rest."""
        if self._speech is not None:
            self._speech.close()


class PreviewEngines:
    """Lends engines. Safe from any thread.

    With a seed every text gets a fresh process: noise goes on within one, so the second text would sound different.
    A spare is loaded as soon as the one before it was given back.

    Args:
        live: the engines in use.
        live_seed: the seed that the voice in use was loaded with; one that has any is not lent, since a preview would
            draw from its noise.
        live_model: the name of the model that the user chose; empty for the largest.
    """

    def __init__(
        self, live: engines.Engines, live_seed: Callable[[], int], live_model: Callable[[], str] = str
    ) -> None:
        self._live = live
        self._live_seed = live_seed
        self._live_model = live_model
        self._lock = threading.Lock()
        self._own: dict[tuple[str, str], _Own] = {}
        self._closed = False

    @property
    def tier_in_use(self) -> str:
        """The tier that speaks the replies."""
        return self._live.tts.supervisor.state().rung.spec.tier

    @property
    def why_not_better(self) -> str:
        """Why replies are spoken by no better tier."""
        return self._live.tts.supervisor.state().why_not_better

    def borrow(self, tier: str, seed: int = 0, purpose: Purpose = "preview") -> TtsClient:
        """An engine of exactly this tier; it may not be loaded yet. Give it back with :meth:`give_back`.

        Raises:
            StarlingError: ``tts.no_tier``, ``tts.no_model``, ``engine.closed``.
        """
        if tier not in _TIERS and (seed or self._live_seed() or tier != self.tier_in_use):
            reason = NOT_BUILT.get(tier, f"There is no voice engine {tier!r}.")
            raise StarlingError("tts.no_tier", reason, "Choose the tier cpu or demo.")
        with self._lock:
            if self._closed:
                raise StarlingError(CLOSED, "The engine was closed.", "Start Starling again.")
            if not seed and not self._live_seed() and tier == self.tier_in_use:
                return self._live.tts
            return self._lend(tier, seed, purpose if seed else "")

    def give_back(self, client: TtsClient, *, spare: bool) -> None:
        """The text is spoken; ``spare``: another with the same seed may follow soon."""
        with self._lock:
            key = next((key for key, own in self._own.items() if own.client is client and own.seed), None)
            if key is None or self._closed:
                return
            own = self._own.pop(key)
            own.client.supervisor.close()
            if spare:
                fresh = self._own[key] = self._start(key[0], own.seed)
                fresh.client.supervisor.warm()

    def tidy(self) -> None:
        """Unload what nobody used for a while; called a few times a second."""
        if self._lock.acquire(blocking=False):
            try:
                for own in self._own.values():
                    own.client.supervisor.unload_if_idle()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End every process that is not the pipeline's own."""
        with self._lock:
            self._closed = True
            own, self._own = list(self._own.values()), {}
        for each in own:
            each.client.supervisor.close()

    def _lend(self, tier: str, seed: int, purpose: str) -> TtsClient:
        """The one that is there, unless other models are there since, or its noise was used."""
        own, fresh = self._own.get((tier, purpose)), self._start(tier, seed)
        if own is None or own.spec != fresh.spec or (seed and own.used):
            if own is not None:
                own.client.supervisor.close()
            own = self._own[tier, purpose] = fresh
        own.used = True
        return own.client

    def _start(self, tier: str, seed: int) -> _Own:
        """Loads nothing yet."""
        client = engines.tts_of(cast(Literal["cpu", "demo"], tier), seed, IDLE_UNLOAD_S, self._live_model())
        return _Own(client, client.supervisor.state().rung.spec, seed)
