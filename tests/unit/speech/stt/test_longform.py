from collections.abc import Iterator

import numpy as np
import pytest

from starling.core.results import Samples, Transcript, Word
from starling.core.segmenter import Segmenter
from starling.core.segments import Segment
from starling.speech.stt.longform import batches, segments_of, transcribe_segments, without_overlap

RATE = 16_000


def segment(number: int, start_s: float, seconds: float, pre_roll_s: float = 0.0) -> Segment:
    samples = np.full(round(seconds * RATE), number, np.float32)
    return Segment(number, start_s + pre_roll_s, start_s + seconds, start_s + seconds, start_s, samples)


class Recogniser:
    """Says each clip's first sample."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, clips: list[Samples]) -> list[Transcript]:
        self.sizes.append(len(clips))
        return [Transcript(f"{clip[0]:g}" if clip[0] else "", "en", len(clip) / RATE, 0.1) for clip in clips]


@pytest.mark.parametrize(
    ("lengths", "size", "grouped"),
    [
        ([], 4, []),
        ([5], 4, [[0]]),
        ([5, 1, 6, 2], 2, [[1, 3], [0, 2]]),
        ([1, 1, 1], 2, [[0, 1], [2]]),
    ],
)
def test_batches(lengths: list[int], size: int, grouped: list[list[int]]) -> None:
    assert batches(lengths, size) == grouped


def test_lines_come_in_order_whatever_the_batches() -> None:
    lengths = [3.0, 1.0, 2.5, 0.5, 4.0, 1.5, 0.7]
    segments = [segment(number, 10.0 * number, length) for number, length in enumerate(lengths, 1)]
    recogniser = Recogniser()
    lines = list(transcribe_segments(segments, recogniser, batch=3))
    assert [line.text for line in lines] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [line.start_s for line in lines] == [10.0 * number for number in range(1, 8)]
    assert recogniser.sizes == [3, 3, 1]


def test_segments_without_text_give_no_line() -> None:
    segments = [segment(number, 10.0 * index, 1.0) for index, number in enumerate([1, 0, 2])]
    assert [line.text for line in transcribe_segments(segments, Recogniser())] == ["1", "2"]


def test_a_bounded_number_of_segments_is_held() -> None:
    read = 0

    def endless() -> Iterator[Segment]:
        nonlocal read
        while True:
            read += 1
            yield segment(read, 10.0 * read, 1.0)

    lines = transcribe_segments(endless(), Recogniser(), batch=2)
    for _ in range(20):
        next(lines)
    assert read <= 20 + 8


def test_audio_that_the_segment_before_had_is_not_heard_again() -> None:
    first, second, inside = segment(1, 0.0, 2.0), segment(2, 1.5, 2.0), segment(3, 3.0, 0.25)
    kept = list(without_overlap([first, second, inside]))
    assert [(piece.id, piece.audio_start_s, piece.audio_s) for piece in kept] == [(1, 0.0, 2.0), (2, 2.0, 1.5)]


def test_words_are_placed_in_the_recording_where_speech_was() -> None:
    def recogniser(clips: list[Samples]) -> list[Transcript]:
        words = (Word("hello", 0.0, 0.8, 0.9), Word("there", 0.8, 2.5, 0.9))
        return [Transcript("hello there", "en", 2.0, 0.1, words=words) for _ in clips]

    (line,) = transcribe_segments([segment(1, 100.0, 2.0, pre_roll_s=0.45)], recogniser)
    assert (line.start_s, line.end_s) == (100.45, 102.0)
    assert [(word.start_s, word.end_s) for word in line.words] == [(100.45, 100.8), (100.8, 102.0)]


class Loudness:
    """Speech is what is not silent."""

    def probability(self, frame: Samples) -> float:
        return float(np.abs(frame).max() > 0)

    def reset(self) -> None:
        """Nothing to forget."""


@pytest.mark.parametrize("block", [100, 512, 16_000])
def test_a_recording_becomes_segments_and_its_end_is_one(block: int) -> None:
    tone = np.ones(RATE * 2, np.float32)
    recording = np.concatenate([np.zeros(RATE, np.float32), tone, np.zeros(RATE, np.float32), tone[:-700]])
    blocks = (recording[start : start + block] for start in range(0, len(recording), block))
    found = list(segments_of(blocks, Loudness(), Segmenter()))
    assert [piece.start_s for piece in found] == pytest.approx([1.0, 4.0], abs=0.04)
    assert found[1].end_s == pytest.approx(len(recording) / RATE, abs=0.04)
    assert sum(float(piece.samples.sum()) for piece in found) == pytest.approx(2 * len(tone) - 700, abs=2 * 512)


def test_hours_of_speech_leave_no_gap_at_the_cuts() -> None:
    seconds = 200
    blocks = (np.ones(RATE, np.float32) for _ in range(seconds))
    found = list(without_overlap(segments_of(blocks, Loudness(), Segmenter())))
    assert len(found) >= 8
    assert max(piece.audio_s for piece in found) <= 28.0
    reached = found[0].audio_start_s
    for piece in found:
        assert piece.audio_start_s == pytest.approx(reached)
        reached += piece.audio_s
    assert reached == pytest.approx(seconds, abs=0.04)
