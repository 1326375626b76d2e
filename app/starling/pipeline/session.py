"""Everything that lives during one run: engines, lines, history and the coordinator, built and ended together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from starling import locate
from starling.audio.base import AudioSink
from starling.audio.events import SinkEvent
from starling.audio.speaker import Speaker
from starling.core.chime import Cue, cue
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples
from starling.core.segmenter import Segmenter
from starling.history.store import History
from starling.pipeline import engines, events, inserting, keeping, sound_events
from starling.pipeline.choice import Choice
from starling.pipeline.conversation import Rules
from starling.pipeline.coordinator import Coordinator
from starling.pipeline.cues import Cues
from starling.pipeline.dictating import Dictating, begins
from starling.pipeline.dictation_text import DictationText
from starling.pipeline.ears import Ears
from starling.pipeline.handsfree import HandsFree
from starling.pipeline.hearinglog import HearingLog
from starling.pipeline.idle import IdleWatch
from starling.pipeline.mailbox import Mailbox
from starling.pipeline.noting import Noting
from starling.pipeline.partials import PartialLine
from starling.pipeline.pump import Source
from starling.pipeline.recognition import RecognitionLine
from starling.pipeline.replies import ReplyLine, Unwanted
from starling.pipeline.speaking import Speaking
from starling.pipeline.talk import Talk
from starling.pipeline.turnbook import TurnBook
from starling.pipeline.voice_figures import VoiceBook
from starling.speech.vad.cascade import open_detector
from starling.speech.wake.phrase import address
from starling.speech.wake.stop import StopPhrase


class Mouth:
    """Speaks through one sink and says where the sound went."""

    def __init__(self, speaking: Speaking, *, played: bool, wav: str) -> None:
        self._speaking = speaking
        self._played = played
        self._wav = wav

    def speak(self, text: str | Iterable[str], unwanted: Unwanted = lambda: False) -> events.Reply:
        """See :class:`starling.pipeline.replies.Voice`."""
        reply = self._speaking.speak(text, unwanted=unwanted)
        return replace(reply, played=reply.played and self._played, wav=self._wav if reply.played else "")

    def play(self, samples: Samples, unwanted: Unwanted) -> events.Reply:
        """See :class:`starling.pipeline.replies.Voice`."""
        return self._speaking.play(samples, SAMPLE_RATE, unwanted=unwanted)

    def stop(self) -> None:
        """Silence at once."""
        self._speaking.stop()


class Session:
    """One run over one source.

    Args:
        choice: what the user chose.
        both: the engines, which may still be loading; closed with the session.
        source: microphone or file; closed with the session.
        sink: speaker or file; closed with the session.
        emit: hears of everything, on several threads.
        real_time: see :class:`Coordinator`.
        wav: the file behind the sink, if it is one.
        recover: give the texts of utterances that a crashed run left.
        store: folder of timers and notes; None for the user's own, which one process at a time may hold.
        live: somebody watches: text while speaking, and turns that can be heard again.

    Attributes:
        engines: the clients in use.
        history: the store, None when it could not be opened.
        keeper: the history as the recognition line sees it.
        recogniser: one clip in, one result out.
        speaking: the voice.
        talk: who answers.
        replies: the reply line.
        text: what becomes of texts in a dictation.
        partials: live text; None unless ``live``.
        dictating: puts dictations where the cursor is; None unless ``live``.
        book: turns for later; None unless ``live``.
        mailbox: the way to the coordinator.
        cues: the sounds of a dictation.
        coordinator: owns the stream and the conversation.
    """

    def __init__(
        self,
        choice: Choice,
        both: engines.Engines,
        source: Source,
        sink: AudioSink,
        emit: Callable[[events.Event], None],
        *,
        real_time: bool,
        wav: str = "",
        recover: bool = False,
        store: Path | None = None,
        live: bool = False,
    ) -> None:
        self._emit, self._sink = emit, sink
        self.engines = both
        self.mailbox = Mailbox()
        self.book = TurnBook() if live else None
        self.cues = Cues(self._sound)
        with ExitStack() as stack:  # closed in reverse order, also when building fails half way
            self.history = keeping.open_history(choice, emit)
            if self.history is not None:
                stack.callback(self.history.close)
            stack.callback(lambda: self._sink.close())
            stack.callback(both.close)
            stack.callback(IdleWatch(both).close)
            self.recogniser = engines.Recogniser(both, choice.stt_options)
            self.text = DictationText(lambda error: emit(events.Trouble(error)))
            self.recogniser.prompt = self.text.prompt
            self.keeper = self._keeper(choice)
            line = RecognitionLine(self.recogniser, self.keeper, self.mailbox.result)
            hearing = self._hearing(line, stack) if real_time else None
            stack.callback(line.close)
            self.dictating = self._dictating(line, stack) if live else None
            self.partials = PartialLine(self.recogniser.partial, self.mailbox.partial) if live else None
            if self.partials is not None:
                stack.callback(self.partials.close)
            self.speaking = self._speaking(choice)
            self.talk = self._assistant(store, choice)
            self.replies = ReplyLine(self.talk, self._mouth(wav), self.mailbox)
            stack.callback(self.replies.close)
            stack.callback(source.close)
            self.coordinator = Coordinator(
                source,
                Ears(open_detector(), Segmenter(choice.segmenter)),
                self.mailbox,
                line,
                self.replies,
                rules_of(choice),
                self._overheard(emit, line),
                real_time=real_time,
                translate=sound_events.from_source,
                follow_up_s=choice.follow_up_s,
                partials=self.partials,
                book=self.book,
                hearing=hearing,
            )
            if recover and self.history is not None:
                threading.Thread(target=self._recover, args=(self.history,), name="recovery", daemon=True).start()
            self._stack = stack.pop_all()

    def run(self) -> None:
        """Listen until the source ends or the coordinator is stopped."""
        self.coordinator.run()

    def use_sink(self, sink: AudioSink) -> None:
        """Play through another sink from the next reply on, and close the one in use. Waits for the end of a reply."""
        self._sink = sink
        self.speaking.use(sink).close()

    def close(self) -> None:
        """End every thread, child and file of the session."""
        self._stack.close()

    def dictate(self, choice: Choice, mode: events.Mode) -> None:
        """Write and insert dictations as this says, while the mode is dictation."""
        self.text.switches, self.text.dictating = choice.dictation, mode == "dictation"
        self.cues.on = choice.sounds
        if self.dictating is not None:
            self.dictating.use(choice.insert and mode == "dictation", choice.insertion)

    def recording(self, turn: str) -> Samples:
        """A turn's recording, (n,) float32 at 16 kHz. Raises StarlingError ``history.no_audio``."""
        kept = self.book.audio(turn) if self.book is not None else None
        if kept is not None:
            return kept
        if self.history is None:
            raise StarlingError("history.no_audio", "There is no recording of this.", "Say it again.")
        return self.history.audio(turn)

    def _keeper(self, choice: Choice) -> keeping.Keeper:
        keeper = keeping.Keeper(self.history, "assistant", choice.keep_days, self._emit)
        keeper.keep_audio_days, keeper.private = choice.keep_audio_days, choice.private_start
        return keeper

    def _hearing(self, line: RecognitionLine, stack: ExitStack) -> HearingLog:
        """Closed after the line, which has the last word on what is stored."""
        hearing = HearingLog(self.keeper, line.after_stores)
        stack.callback(hearing.close)
        return hearing

    def _mouth(self, wav: str) -> Mouth:
        return Mouth(self.speaking, played=isinstance(self._sink, Speaker), wav=wav)

    def _overheard(self, emit: Callable[[events.Event], None], line: RecognitionLine) -> Callable[[events.Event], None]:
        def keep(turn: str, text: str) -> None:
            line.after_stores(lambda: self.keeper.shaped(turn, text))

        told = self.text.overhear(emit, keep, self._insert)

        def overheard(event: events.Event) -> None:
            told(event)
            if self.dictating is not None and begins(event):
                self.dictating.aim()

        return self.cues.overhear(overheard)

    def _dictating(self, line: RecognitionLine, stack: ExitStack) -> Dictating:
        noting = Noting(self.keeper, line)
        shape, profiles = self.text.shape, self.text.profiles
        dictating = Dictating(shape, inserting.hand, inserting.look, noting, self.cues.overhear(self._emit), profiles)
        stack.callback(dictating.close)
        return dictating

    def _sound(self, name: Cue) -> None:
        """After what is being said, and told from nothing: no words are in it, and nothing takes it for speech."""

        def play() -> None:
            with suppress(StarlingError):  # without a speaker there is no sound, and that is told elsewhere
                self.speaking.play(cue(name), SAMPLE_RATE)

        self.replies.do(play)

    def _insert(self, utterance: events.Utterance) -> None:
        if self.dictating is not None:
            unstored = self.history is not None and utterance.turn.startswith("#")  # it was said in private mode
            self.dictating.hear(utterance, private=self.keeper.private or unstored)

    def _speaking(self, choice: Choice) -> Speaking:
        return Speaking(
            self.engines,
            self._sink,
            voice=choice.voice,
            speed=choice.speed,
            volume=choice.volume,
            on_event=self._on_sink_event,
            measured=VoiceBook(locate.data_dir()).keep,
        )

    def _assistant(self, store: Path | None, choice: Choice) -> Talk:
        folder = store or locate.data_dir() / "assistant"
        talk = Talk(folder, choice.language_model, self.mailbox.confirm_ended, self._emit)
        for notice in talk.notices:
            self._emit(events.Notice(notice))
        return talk

    def _on_sink_event(self, event: SinkEvent) -> None:
        told = sound_events.from_sink(event)
        if told is not None:
            self._emit(told)

    def _recover(self, history: History) -> None:
        keeping.recover(history, self.recogniser, self._emit, failed=False)


def steer(hands: HandsFree, choice: Choice) -> None:
    """Listen to these phrases from now on."""
    hands.phrases, hands.address = choice.phrases, rules_of(choice).address


def rules_of(choice: Choice, mode: events.Mode = "assistant") -> Rules:
    """Who is answered: in a dictation nobody."""

    def addressed(text: str) -> str | None:
        found = address(text, choice.wake_phrase)
        return None if found is None else found.rest

    policy = choice.answer if mode == "assistant" else "nothing"
    return Rules(policy, addressed, StopPhrase(choice.wake_phrase).is_stop)
