"""Hearing a voice before choosing it: any sentence, any voice of any tier, while the assistant runs.

The engine is loaded on a thread of its own; the reply line speaks, so that a preview waits for the reply before it
and what the microphone hears meanwhile is told from it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starling.audio.collector import Collector
from starling.audio.export import check_place, export_wav
from starling.core.errors import StarlingError, internal_error
from starling.core.results import Samples
from starling.pipeline import events
from starling.pipeline.events import Preview, PreviewEnded
from starling.pipeline.meter import peaks
from starling.pipeline.preview_engines import Lent, PreviewEngines, Purpose
from starling.pipeline.replies import ReplyLine, Unwanted
from starling.pipeline.speaking import Delivery, Speaking, notes_on
from starling.pipeline.tasks import Tasks

EXPORT_RATE = 24_000
LONGEST_TEXT = 2000
"""Characters, about two minutes: its sound stays in memory to be exported."""
SPEEDS = (0.5, 2.0)
VOLUMES = (0.0, 2.0)
CLOSE_S = 0.3


@dataclass
class _Ticket:
    """A preview on its way. ``ended``: its end was told."""

    preview: Preview
    asked_s: float
    sounding: bool = False
    stopped: bool = False
    ended: bool = False
    waited_ms: float | None = None


class Previews:
    """Speaks previews, the newest alone. Every method returns at once, from any thread; events tell what comes of it.

    Args:
        line: speaks them in their turn.
        speaking: the voice, whose own settings stay as they are.
        lender: gives engines; closed with this.
        emit: hears of everything, on several threads.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        line: ReplyLine,
        speaking: Speaking,
        lender: PreviewEngines,
        emit: Callable[[events.Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._speaking = speaking
        self._lender = lender
        self._emit = emit
        self._clock = clock
        self._lock = threading.Lock()  # guards all below and the tickets' states
        self._now: _Ticket | None = None
        self._last: tuple[Preview, Collector] | None = None
        self._tasks = Tasks("previews", self._failed)
        self._exports = Tasks("exports", self._failed)

    def start(self, preview: Preview) -> None:
        """Speak this; one that is being spoken or made ready is stopped."""
        ticket = _Ticket(preview, self._clock())
        self._replace(ticket)
        self._emit(events.PreviewLoading(preview))
        self._tasks.put(lambda: self._prepare(ticket))

    def stop(self) -> None:
        """Silence at once; a reply of the assistant is not touched."""
        self._replace(None)

    def _replace(self, following: _Ticket | None) -> None:
        with self._lock:
            ticket, self._now = self._now, following
            if ticket is None:
                return
            ticket.stopped = True
            if ticket.sounding:
                self._speaking.stop()
        self._end(ticket, PreviewEnded(ticket.preview, waited_ms=ticket.waited_ms, stopped=True))

    def export(self, preview: Preview, path: str, *, overwrite: bool = False) -> None:
        """Write it as a WAV file: what was heard if it was the last one, else made anew without being heard."""
        self._exports.put(lambda: self._export(preview, path, overwrite))

    def tidy(self) -> None:
        """Called a few times a second: engines that nobody used leave memory."""
        self._lender.tidy()

    def close(self) -> None:
        """Stop, and end every thread and process."""
        self.stop()
        self._lender.close()
        for tasks in (self._tasks, self._exports):
            tasks.close(CLOSE_S)

    # -- on the thread of the previews ---------------------------------------------------------------------------

    def _prepare(self, ticket: _Ticket) -> None:
        preview = ticket.preview
        if ticket.stopped:
            return
        try:
            lent = self._ready(preview, "preview")
        except StarlingError as error:
            self._end(ticket, PreviewEnded(preview, error=error.to_json()))
            return
        except Exception as error:  # noqa: BLE001 - whoever waits for the end must be told one
            self._end(ticket, PreviewEnded(preview, error=internal_error(error).to_json()))
            return
        self._line.perform(
            preview.text, lambda unwanted: self._perform(ticket, lent, unwanted), lambda: self._drop(ticket, lent)
        )

    def _ready(self, preview: Preview, purpose: Purpose) -> Lent:
        """A loaded engine for it. Raises StarlingError, also when it cannot be loaded."""
        check(preview)
        tier = preview.tier or self._lender.tier_in_use
        lent = Lent(lambda: self._lender.borrow(tier, preview.seed, purpose))
        lent.load()
        return lent

    # -- on the thread of the replies ----------------------------------------------------------------------------

    def _perform(self, ticket: _Ticket, lent: Lent, unwanted: Unwanted) -> events.Reply:
        with self._lock:
            if ticket.stopped:
                return self._nothing(lent)
            ticket.sounding = True
            ticket.waited_ms = (self._clock() - ticket.asked_s) * 1000
        heard = Collector(EXPORT_RATE)
        try:
            reply = self._spoken(ticket, lent, unwanted, heard)
        except Exception as failure:  # noqa: BLE001 - whoever waits for the end must be told one
            reply = events.Reply("", error=internal_error(failure).to_json())
        self._performed(ticket, lent, reply, heard)
        return reply

    def _spoken(self, ticket: _Ticket, lent: Lent, unwanted: Unwanted, heard: Collector) -> events.Reply:
        preview, state = ticket.preview, lent.client.supervisor.state()
        tier, voice = state.rung.spec.tier, preview.voice or str(state.about.get("voice", ""))
        self._emit(events.PreviewBegan(preview, tier, voice, notes_on(preview.text, tier, voice)))

        def on_sound(samples: Samples, rate: int) -> None:
            heard.play(samples, rate)
            self._emit(events.PreviewProgress(peaks(samples, rate), samples.size / rate))

        delivery = Delivery(lent, preview.voice, preview.speed, preview.volume, on_sound)
        return self._speaking.speak(_unless_stopped(ticket), delivery, unwanted)

    def _performed(self, ticket: _Ticket, lent: Lent, reply: events.Reply, heard: Collector) -> None:
        with self._lock:
            ticket.sounding = False
            complete = not (ticket.stopped or reply.stopped or reply.error)
            if complete:
                self._last = (ticket.preview, heard)
            if self._now is ticket:
                self._now = None
        self._give_back(lent)  # before the end is told: who asks for the next one then finds the spare
        self._end(ticket, ended(ticket.preview, reply, ticket.waited_ms))

    def _drop(self, ticket: _Ticket, lent: Lent) -> None:
        """A stop of everything came while it waited for its turn."""
        self._end(ticket, PreviewEnded(ticket.preview, stopped=True))
        self._give_back(lent)

    def _nothing(self, lent: Lent) -> events.Reply:
        self._give_back(lent)
        return events.Reply("", stopped=True)

    def _give_back(self, lent: Lent) -> None:
        self._tasks.put(lambda: self._lender.give_back(lent.client, spare=True))

    # -- on the thread of the exports ----------------------------------------------------------------------------

    def _export(self, preview: Preview, path: str, overwrite: bool) -> None:
        try:
            check_place(path, overwrite=overwrite)
            samples = self._heard(preview)
            if samples is None:
                samples = self._made(preview)
            export_wav(path, samples, EXPORT_RATE, overwrite=overwrite)
        except StarlingError as error:
            self._emit(events.PreviewExported(path, error=error.to_json()))
            return
        except Exception as error:  # noqa: BLE001 - the page would wait for it for ever
            self._emit(events.PreviewExported(path, error=internal_error(error).to_json()))
            return
        self._emit(events.PreviewExported(path, len(samples) / EXPORT_RATE))

    def _heard(self, preview: Preview) -> Samples | None:
        with self._lock:
            last = self._last
        return last[1].samples if last is not None and last[0] == preview else None

    def _made(self, preview: Preview) -> Samples:
        lent = self._ready(preview, "export")
        sound = Collector(EXPORT_RATE)
        speaking = Speaking(lent, sound, voice=preview.voice, speed=preview.speed, volume=preview.volume)
        try:
            reply = speaking.speak(preview.text)
        finally:
            self._lender.give_back(lent.client, spare=False)
        if reply.error:
            raise StarlingError.from_json(reply.error)
        if reply.audio_s is None:
            raise _nothing_to_say()
        return sound.samples

    # -- inside --------------------------------------------------------------------------------------------------

    def _end(self, ticket: _Ticket, event: PreviewEnded) -> None:
        """Tell the end, once."""
        with self._lock:
            told, ticket.ended = ticket.ended, True
            if self._now is ticket:
                self._now = None
        if not told:
            self._emit(event)

    def _failed(self, error: StarlingError) -> None:
        self._emit(events.Trouble(error))


def ended(preview: Preview, reply: events.Reply, waited_ms: float | None) -> PreviewEnded:
    """A finished preview and what it cost. Text without a word that can be spoken is an error."""
    error = reply.error
    if error is None and reply.audio_s is None and not reply.stopped:
        error = _nothing_to_say().to_json()
    notes = reply.notes
    if preview.tier and reply.tier and reply.tier != preview.tier:
        notes = (f"The tier {preview.tier} failed; {reply.tier} has spoken.", *notes)
    return PreviewEnded(
        preview,
        reply.tier,
        reply.voice if reply.tier else preview.voice,
        reply.placement,
        reply.audio_s,
        reply.synthesis_s,
        waited_ms,
        reply.time_to_first_audio_ms,
        reply.stopped,
        notes,
        error,
    )


def check(preview: Preview) -> None:
    """Refuse what cannot be spoken.

    Raises:
        StarlingError: ``say.nothing``, ``preview.too_long``, ``tts.bad_speed``, ``tts.bad_volume``, ``tts.bad_seed``.
    """
    if not preview.text.strip():
        raise _nothing_to_say()
    if len(preview.text) > LONGEST_TEXT:
        raise StarlingError(
            "preview.too_long",
            f"A preview takes {LONGEST_TEXT} characters at most; this text has {len(preview.text)}.",
            "Speak long texts with: starling say",
        )
    for name, value, (lowest, highest) in (("speed", preview.speed, SPEEDS), ("volume", preview.volume, VOLUMES)):
        if not lowest <= value <= highest:
            raise StarlingError(
                f"tts.bad_{name}", f"{value} is not a {name}.", f"Choose one from {lowest} to {highest}; 1.0 is normal."
            )
    if preview.seed < 0:
        raise StarlingError("tts.bad_seed", f"{preview.seed} is not a seed.", "Choose 0 for none, or a larger number.")


def _unless_stopped(ticket: _Ticket) -> Iterator[str]:
    """The text, asked for when a stop can already reach the voice; nothing if one came before."""
    if not ticket.stopped:
        yield ticket.preview.text


def _nothing_to_say() -> StarlingError:
    return StarlingError("say.nothing", "Nothing in this text can be spoken.", "Give it words.")
