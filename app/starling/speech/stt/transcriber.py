"""Clips to transcripts: the rules every Whisper tier shares, whatever its encoder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SAMPLE_RATE, Samples, SttOptions, Transcript, Word
from starling.npu.xrt.timings import Timings
from starling.speech.stt import context, filters
from starling.speech.stt.base import BesideCpu, Encoder, States
from starling.speech.stt.clips import check_clip
from starling.speech.stt.decode import Decoded, Decoder, confidence, with_fallback
from starling.speech.stt.mel import HOP, log_mel


@dataclass
class _Clip:
    """One clip on its way: the states it was last encoded to, the language, the best result so far."""

    samples: Samples
    states: States
    language: str = "en"
    result: Decoded | None = None
    notes: list[str] = field(default_factory=list)


class Transcriber:
    """Encoder, decoder and filters of one model.

    Args:
        encoder: where the tier's work is done.
        decoder: of the same model.
        placement: of encoder and decoder together; None for what the encoder says after its work.
        short_context: the model was trained for less than 30 s of context.

    Attributes:
        timings: of the parts, batch by batch.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder, placement: Placement | None, short_context: bool) -> None:
        self._encoder = encoder
        self._decoder = decoder
        self._fixed_placement = placement
        self._short_context = short_context
        self._encoding = threading.Lock()  # a clip that is tried again waits for the one encoded ahead
        self.timings = Timings()

    @property
    def _placement(self) -> Placement:
        return self._encoder.placement if self._fixed_placement is None else self._fixed_placement

    def transcribe(self, clips: Sequence[Samples], options: SttOptions) -> list[Transcript]:
        """Transcribe clips of at most 30 s, (n,) float32 at 16 kHz, as one batch; results in order.

        ``processing_s`` of a clip is its share, by length, of the batch's wall time. Another try, on the full
        context or at a higher temperature, is made only if ``options.temperatures`` has more than one.

        Raises:
            StarlingError: a clip is too long or no audio, or the model does not know ``options.language``.
            MemoryError: the batch does not fit.
        """
        started = time.perf_counter()
        checked = [check_clip(clip) for clip in clips]
        for samples, _ in checked:
            _check_length(samples)
        sounding = [index for index, (samples, _) in enumerate(checked) if len(samples)]
        done: dict[int, Transcript] = {}
        if sounding:
            work = self._worked([checked[index] for index in sounding], options)
            done = {index: self._finish(clip, options) for index, clip in zip(sounding, work, strict=True)}
        elapsed, total = time.perf_counter() - started, sum(len(samples) for samples, _ in checked)
        empty = Transcript("", options.language or "en", 0.0, 0.0, self._placement, notes=("no audio",))
        return [
            replace(done[index], processing_s=elapsed * len(samples) / total) if index in done else empty
            for index, (samples, _) in enumerate(checked)
        ]

    def _worked(self, clips: list[tuple[Samples, list[str]]], options: SttOptions) -> list[_Clip]:
        """Encoded and decoded: together, or the next clip encoded beside the CPU while it decodes this one."""
        if len(clips) == 1 or not (isinstance(self._encoder, BesideCpu) and self._encoder.beside_cpu):
            return self._decoded([self._encode(clips, options)], options)
        with ThreadPoolExecutor(1, "encoder") as beside:
            ahead = (beside.submit(self._encode, [clip], options) for clip in clips)
            return self._decoded(_one_ahead(ahead), options)

    def _decoded(self, batches: Iterable[list[_Clip]], options: SttOptions) -> list[_Clip]:
        done: list[_Clip] = []
        for work in batches:
            self._detect(work, options)
            with self.timings.measure("decoder"):
                self._decode(work, options)
            done += work
        return done

    def states(self, clip: Samples) -> States:
        """The encoder's output for the frames of one clip that hold sound, (frames, width).

        Raises:
            StarlingError: the clip is too long, empty or no audio.
            MemoryError: it does not fit.
        """
        samples, _ = check_clip(clip)
        _check_length(samples)
        if not len(samples):
            raise StarlingError("stt.no_audio", "The clip is empty.", "Give a clip with sound.")
        found: States = self._states([samples], self._short_context)[0]
        return found[: max(1, len(samples) // HOP // 2)]

    def _states(self, clips: Sequence[Samples], short_context: bool) -> States:
        frames = context.frames_for(max(len(samples) for samples in clips), short_context)
        with self.timings.measure("mel features"):
            mel = np.stack([log_mel(samples, frames, self._encoder.mels) for samples in clips])
        with self._encoding, self.timings.measure("encoder"):
            return self._encoder.encode(mel)

    def _encode(self, clips: Sequence[tuple[Samples, list[str]]], options: SttOptions) -> list[_Clip]:
        states = self._states([samples for samples, _ in clips], self._is_short(options))
        return [_Clip(samples, states[row : row + 1], notes=notes) for row, (samples, notes) in enumerate(clips)]

    def _detect(self, work: list[_Clip], options: SttOptions) -> None:
        languages = [options.language] * len(work) if options.language else self._decoder.languages(_together(work))
        for clip, language in zip(work, languages, strict=True):
            clip.language = language or "en"

    def _is_short(self, options: SttOptions) -> bool:
        return self._short_context and not options.full_context

    def _decode(self, work: list[_Clip], options: SttOptions) -> None:
        temperatures = options.temperatures or (0.0,)
        states = _together(work)
        prompts = [self._decoder.tokens.prompt(clip.language, options.prompt) for clip in work]
        first = self._decoder.decode(states, prompts, beam_size=options.beam_size, temperature=temperatures[0])
        for clip, prompt, result in zip(work, prompts, first, strict=True):
            clip.result = result
            if options.prompt and not result.tokens:
                # A small model may take the previous text for all of it and end at once.
                prompt = self._decoder.tokens.prompt(clip.language)
                clip.result = self._decoder.decode(clip.states, [prompt], beam_size=options.beam_size)[0]
                clip.notes.append("without the prompt")
            if len(temperatures) > 1 and clip.result.doubtful:
                self._improve(clip, clip.result, prompt, options)

    def _improve(self, clip: _Clip, first: Decoded, prompt: list[int], options: SttOptions) -> None:
        """First with the context the model was made for, then hotter."""

        def decode(temperature: float) -> Decoded:
            return self._decoder.decode(clip.states, [prompt], beam_size=options.beam_size, temperature=temperature)[0]

        if self._is_short(options):
            short_states = clip.states
            clip.states = self._states([clip.samples], short_context=False)
            full = decode(options.temperatures[0])
            clip.notes.append("full context retry")
            if first.rank > full.rank:
                clip.states = short_states
            first = max(first, full, key=lambda result: result.rank)
        clip.result = with_fallback(first, options.temperatures[1:], decode)

    def _finish(self, clip: _Clip, options: SttOptions) -> Transcript:
        result = clip.result
        if result is None:
            raise AssertionError("decoding leaves no clip without a result")
        verdict = filters.judge(result.text, result.scores)
        return Transcript(
            text=verdict.text,
            language=clip.language,
            audio_s=len(clip.samples) / SAMPLE_RATE,
            processing_s=0.0,
            placement=self._placement,
            confidence=confidence(result),
            no_speech_prob=result.scores.no_speech_prob,
            avg_logprob=result.scores.avg_logprob,
            compression_ratio=filters.compression_ratio(result.text),
            words=self._words(clip, result, verdict.text) if options.words and verdict.text else (),
            dropped=verdict.dropped,
            dropped_text=result.text if verdict.dropped else "",
            notes=_notes(clip, result, verdict),
        )

    def _words(self, clip: _Clip, result: Decoded, text: str) -> tuple[Word, ...]:
        tokens = self._decoder.tokens
        ids = list(result.tokens) if text == result.text else tokens.encode(text)
        frames = -(-len(clip.samples) // HOP)
        starts, probabilities = self._decoder.align(clip.states, ids, clip.language, frames)
        words, at, end_of_clip = [], 0, len(clip.samples) / SAMPLE_RATE
        for word, count in tokens.words(ids, clip.language):
            start, end = min(starts[at], end_of_clip), min(starts[at + count], end_of_clip)
            words.append(Word(word, start, end, float(np.mean(probabilities[at : at + count]))))
            at += count
        return tuple(words)


def _one_ahead(futures: Iterable[Future[list[_Clip]]]) -> Iterator[list[_Clip]]:
    """Results in order; one more is begun before each is waited for, and no more than that is held."""
    waiting: Future[list[_Clip]] | None = None
    for begun in futures:
        if waiting is not None:
            yield waiting.result()
        waiting = begun
    if waiting is not None:
        yield waiting.result()


def _together(work: list[_Clip]) -> States:
    return np.concatenate([clip.states for clip in work]) if len(work) > 1 else work[0].states


def _notes(clip: _Clip, result: Decoded, verdict: filters.Verdict) -> tuple[str, ...]:
    hot = [f"temperature {result.temperature:g}"] if result.temperature > 0 else []
    return (*clip.notes, *hot, *([verdict.note] if verdict.note else []))


def _check_length(samples: Samples) -> None:
    if len(samples) > context.MAX_SAMPLES:
        raise StarlingError(
            "stt.clip_too_long",
            f"A clip of {len(samples) / SAMPLE_RATE:.1f} s is longer than the 30 s that Whisper hears at once.",
            "Split the audio at pauses first.",
        )
