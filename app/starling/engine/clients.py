"""Typed clients over a supervisor: what the pipeline and the commands call."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from starling.core.changes import Change
from starling.core.engine_api import Rung
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SAMPLE_RATE, Samples, SttOptions, Transcript
from starling.engine.failures import OUT_OF_MEMORY
from starling.engine.supervisor import Outcome, Supervisor

CHARACTERS_PER_S = 12.0
"""Slow speech; only for the deadline of a synthesis."""


@dataclass(frozen=True)
class Transcribed:
    """The transcript of one clip and who made it.

    ``attempts`` is 1 when nothing failed, ``changes`` are the better engines that did not deliver.
    """

    transcript: Transcript
    rung: Rung
    attempts: int
    changes: tuple[Change, ...] = ()


class SttClient:
    """Recognition.

    Attributes:
        batch_limit: clips sent at once at most; None until memory ran out with more.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.batch_limit: int | None = None

    def transcribe(
        self, clips: Sequence[Samples], options: SttOptions, *, low_priority: bool = False
    ) -> list[Transcribed]:
        """Transcribe clips of (n,) float32 at 16 kHz, in order. When memory runs out the batch is halved.

        Raises:
            StarlingError: as :meth:`Supervisor.stream`; also ``engine.bad_reply``.
        """
        results: list[Transcribed] = []
        while len(results) < len(clips):
            batch = clips[len(results) :][: self.batch_limit]
            try:
                results += self._batch(batch, options, low_priority)
            except StarlingError as error:
                if error.code != OUT_OF_MEMORY or len(batch) == 1:
                    raise
                self.batch_limit = len(batch) // 2
        return results

    def _batch(self, clips: Sequence[Samples], options: SttOptions, low_priority: bool) -> list[Transcribed]:
        outcome = self.supervisor.call(
            "transcribe",
            options.to_json(),
            {str(number): clip for number, clip in enumerate(clips)},
            sum(len(clip) for clip in clips) / SAMPLE_RATE,
            can_shrink=len(clips) > 1,
            low_priority=low_priority,
        )
        try:
            transcripts = [Transcript.from_json(item) for item in outcome.reply.data["transcripts"]]
        except (KeyError, TypeError) as error:
            raise _bad_reply(outcome) from error
        if len(transcripts) != len(clips):
            raise _bad_reply(outcome)
        return [Transcribed(transcript, outcome.rung, outcome.attempts, outcome.changes) for transcript in transcripts]


@dataclass(frozen=True)
class SpeechChunk:
    """Audio to play: (n,) float32 mono at ``rate`` Hz."""

    samples: Samples
    rate: int


@dataclass(frozen=True)
class SpeechMetrics:
    """How a synthesis went.

    Attributes:
        audio_s: length of the speech, as the engine counted it.
        synthesis_s: wall time inside the engine.
        placement: where it ran.
        voice: that spoke, as the engine names it; empty if it does not.
        rung: who made it (the last one, if it changed on the way).
        attempts: 1 when nothing failed.
    """

    audio_s: float
    synthesis_s: float
    placement: Placement
    voice: str
    rung: Rung
    attempts: int


@dataclass(frozen=True)
class Voice:
    """A voice of the tier in use: its language's code and name; the gender is empty where nobody says."""

    id: str
    language: str
    gender: str
    name: str = ""


class Synthesis:
    """The chunks of one text, in order; iterate once. ``metrics`` is there when the iteration has ended."""

    def __init__(self, outcomes: Generator[Outcome, None, None]) -> None:
        self.metrics: SpeechMetrics | None = None
        self._chunks = self._run(outcomes)

    def __iter__(self) -> Iterator[SpeechChunk]:
        return self._chunks

    def close(self) -> None:
        """Stop early: cancels the call and lets other callers have the engine."""
        self._chunks.close()

    def _run(self, outcomes: Generator[Outcome, None, None]) -> Generator[SpeechChunk, None, None]:
        splice = _Splice()
        outcome: Outcome | None = None
        with closing(outcomes):
            for outcome in outcomes:
                chunk = splice.take(outcome)
                if chunk is not None:
                    yield chunk
        if outcome is None:
            raise StarlingError(
                "engine.no_reply", "The voice ended without an answer.", "Check its packages with `starling doctor`."
            )
        self.metrics = _metrics(outcome)


class _Splice:
    """Drops audio that was handed out before the engine began anew.

    A fresh engine speaks the clause from its beginning. What the listener heard already is skipped by time, since
    the engine that takes over may have another rate.
    """

    def __init__(self) -> None:
        self._attempt = 1
        self._handed_s = 0.0
        self._skip_s = 0.0

    def take(self, outcome: Outcome) -> SpeechChunk | None:
        """The new part of this reply's audio; None when there is none."""
        if outcome.attempts != self._attempt:
            self._attempt = outcome.attempts
            self._skip_s = self._handed_s
        try:
            rate, samples = int(outcome.reply.data["rate"]), outcome.reply.arrays["audio"]
        except (KeyError, TypeError, ValueError) as error:
            raise _bad_reply(outcome) from error
        skipped = min(len(samples), round(self._skip_s * rate))
        self._skip_s -= skipped / rate
        if skipped == len(samples):
            return None
        self._handed_s += (len(samples) - skipped) / rate
        return SpeechChunk(samples[skipped:], rate)


class TtsClient:
    """Speech."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor

    def synthesize(self, text: str, voice: str = "", speed: float = 1.0, following: str = "") -> Synthesis:
        """Speak a text; audio comes while the rest is made. Audio already handed out is never repeated.

        ``following`` is the clause that will be asked for next, which an engine may make meanwhile.

        Iterating raises StarlingError as :meth:`Supervisor.stream`, and ``engine.bad_reply``.
        """
        args = {"text": text, "voice": voice, "speed": speed} | ({"following": following} if following else {})
        return Synthesis(self.supervisor.stream("synthesize", args, {}, len(text) / CHARACTERS_PER_S / speed))

    def voices(self) -> list[Voice]:
        """The voices of the tier in use.

        Raises:
            StarlingError: as :meth:`Supervisor.stream`; also ``engine.bad_reply``.
        """
        return self._listed("voices")

    def variants(self) -> list[Voice]:
        """What changes the speaker of any voice (``en-gb+f5``); empty for a tier without. Raises as :meth:`voices`."""
        return self._listed("variants")

    def _listed(self, what: str) -> list[Voice]:
        outcome = self.supervisor.call("voices", {}, {}, 0.0)
        data = outcome.reply.data
        try:
            return [Voice(**voice) for voice in (data["voices"] if what == "voices" else data.get(what, ()))]
        except (KeyError, TypeError) as error:
            raise _bad_reply(outcome) from error


def _metrics(outcome: Outcome) -> SpeechMetrics:
    data = outcome.reply.data
    try:
        return SpeechMetrics(
            float(data["audio_s"]),
            float(data["synthesis_s"]),
            Placement.from_json(data["placement"]),
            str(data.get("voice", "")),
            outcome.rung,
            outcome.attempts,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _bad_reply(outcome) from error


def _bad_reply(outcome: Outcome) -> StarlingError:
    return StarlingError(
        "engine.bad_reply",
        f"The engine {outcome.rung.spec.name} answered with something that is not an answer.",
        "Check its packages with `starling doctor`.",
    )
