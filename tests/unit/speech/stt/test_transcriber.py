"""The rules between encoder and text, with an encoder and a decoder that play back a script."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SttOptions
from starling.locate import shipped
from starling.speech.stt.decode import Decoded
from starling.speech.stt.filters import Scores
from starling.speech.stt.tokens import Tokens
from starling.speech.stt.transcriber import Transcriber

PLACEMENT = Placement("npu", ("fake: 1 launch",))
GOOD, LOW, LOOP, SILENT = "good", "low", "loop", "silent"


@dataclass
class FakeEncoder:
    mels: int = 80
    placement: Placement = PLACEMENT
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def encode(self, mel: np.ndarray) -> np.ndarray:
        self.shapes.append(mel.shape)
        return np.zeros((mel.shape[0], mel.shape[2] // 2, 8), np.float32)

    def describe(self) -> dict[str, object]:
        return {}


class FakeDecoder:
    def __init__(self, *script: str) -> None:
        self.tokens = Tokens(shipped("resources", "starter", "tokenizer.json").read_bytes(), multilingual=False)
        self._script = list(script)
        self.calls: list[tuple[int, int, float]] = []
        self.prompts: list[list[int]] = []

    def languages(self, states: np.ndarray) -> list[str]:
        return ["en"] * len(states)

    def decode(
        self, states: np.ndarray, prompts: list[list[int]], *, beam_size: int = 1, temperature: float = 0.0
    ) -> list[Decoded]:
        self.calls.append((states.shape[0], states.shape[1], temperature))
        self.prompts.extend(prompts)
        return [self._play(temperature) for _ in range(len(states))]

    def _play(self, temperature: float) -> Decoded:
        kind = self._script.pop(0)
        text = {LOOP: "go on " * 30, SILENT: "", "empty": ""}.get(kind, f"the text {kind}")
        scores = {LOW: Scores(0.01, -1.3), SILENT: Scores(0.95, -0.1)}.get(kind, Scores(0.01, -0.2))
        tokens = tuple(self.tokens.encode(text)) if text else ()
        return Decoded(tokens, text, scores, silent=kind == SILENT, temperature=temperature)

    def align(
        self, states: np.ndarray, tokens: list[int], language: str, frames: int
    ) -> tuple[list[float], list[float]]:
        return [0.1 * index for index in range(len(tokens) + 1)], [0.5] * len(tokens)


def clip(seconds: float) -> np.ndarray:
    return np.full(round(seconds * 16_000), 0.1, np.float32)


def run(script: list[str], options: SttOptions, *clips: np.ndarray, short: bool = True) -> tuple:
    encoder, decoder = FakeEncoder(), FakeDecoder(*script)
    transcripts = Transcriber(encoder, decoder, PLACEMENT, short).transcribe(clips, options)
    return transcripts, encoder, decoder


@pytest.mark.parametrize(
    ("script", "short", "calls", "text", "notes"),
    [
        ([GOOD], True, [(1, 135, 0.0)], "the text good", ()),
        ([GOOD], False, [(1, 1500, 0.0)], "the text good", ()),
        ([SILENT], True, [(1, 135, 0.0)], "", ()),
        ([LOW, GOOD], True, [(1, 135, 0.0), (1, 1500, 0.0)], "the text good", ("full context retry",)),
        ([LOOP, GOOD], True, [(1, 135, 0.0), (1, 1500, 0.0)], "the text good", ("full context retry",)),
        ([LOW, GOOD], False, [(1, 1500, 0.0), (1, 1500, 0.2)], "the text good", ("temperature 0.2",)),
        (
            [LOW, LOOP, GOOD],
            True,
            [(1, 135, 0.0), (1, 1500, 0.0), (1, 135, 0.2)],
            "the text good",
            ("full context retry", "temperature 0.2"),
        ),
    ],
)
def test_retries(script: list[str], short: bool, calls: list, text: str, notes: tuple[str, ...]) -> None:
    (transcript,), _, decoder = run(script, SttOptions(), clip(2.0), short=short)
    assert decoder.calls == calls
    assert (transcript.text, transcript.notes) == (text, notes)


def test_one_temperature_means_one_try() -> None:
    (transcript,), _, decoder = run([LOW], SttOptions(temperatures=(0.0,)), clip(2.0))
    assert len(decoder.calls) == 1
    assert transcript.text == "the text low"


def test_full_context_is_obeyed() -> None:
    _, encoder, _ = run([GOOD], SttOptions(full_context=True), clip(2.0))
    assert encoder.shapes == [(1, 80, 3000)]


def test_a_batch_is_encoded_once_to_the_longest_and_only_the_doubtful_clip_again() -> None:
    clips = [clip(1.0), clip(3.0), clip(2.0)]
    transcripts, encoder, decoder = run([GOOD, LOW, GOOD, "retried"], SttOptions(), *clips)
    assert encoder.shapes == [(3, 80, 390), (1, 80, 3000)]
    assert decoder.calls == [(3, 195, 0.0), (1, 1500, 0.0)]
    assert [transcript.text for transcript in transcripts] == ["the text good", "the text retried", "the text good"]
    assert [transcript.audio_s for transcript in transcripts] == [1.0, 3.0, 2.0]


def test_a_prompt_that_leaves_no_text_is_left_out() -> None:
    (transcript,), _, decoder = run(["empty", GOOD], SttOptions(prompt="Starling"), clip(2.0))
    assert len(decoder.prompts[0]) > len(decoder.prompts[1]) == 2
    assert (transcript.text, transcript.notes) == ("the text good", ("without the prompt",))


def test_words_have_times_within_the_clip() -> None:
    (transcript,), _, _ = run([GOOD], SttOptions(words=True), clip(0.25))
    assert [word.text for word in transcript.words] == ["the", "text", "good"]
    assert all(0 <= word.start_s <= word.end_s <= 0.25 for word in transcript.words)


def test_no_words_for_a_dropped_text() -> None:
    (transcript,), _, _ = run([SILENT], SttOptions(words=True), clip(1.0))
    assert (transcript.words, transcript.dropped) == ((), "no_speech")


def test_placement_is_the_given_one() -> None:
    (transcript,), _, _ = run([GOOD], SttOptions(), clip(1.0))
    assert transcript.placement == PLACEMENT


def test_language_is_the_chosen_one() -> None:
    with pytest.raises(StarlingError, match="does not know"):
        run([GOOD], SttOptions(language="de"), clip(1.0))


def test_nothing_to_do() -> None:
    assert run([], SttOptions())[0] == []
    (transcript,), encoder, _ = run([], SttOptions(), clip(0))
    assert encoder.shapes == []
    assert (transcript.text, transcript.notes) == ("", ("no audio",))
