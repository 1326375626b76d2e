"""An encoder beside the CPU: the next clip is encoded while one is decoded, one ahead, and never two at once."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import SttOptions
from starling.speech.stt.transcriber import Transcriber
from tests.unit.speech.stt.test_transcriber import GOOD, LOW, PLACEMENT, FakeDecoder, FakeEncoder, clip

WAIT_S = 10.0


@dataclass
class Beside(FakeEncoder):
    beside_cpu: bool = True
    begun: list[threading.Event] = field(default_factory=lambda: [threading.Event() for _ in range(5)])
    busy: threading.Lock = field(default_factory=threading.Lock)
    fails_at: int = -1

    def encode(self, mel: np.ndarray) -> np.ndarray:
        assert self.busy.acquire(blocking=False), "two clips at once"
        try:
            number = len(self.shapes)
            states = super().encode(mel)
            self.begun[number].set()
            if number == self.fails_at:
                raise StarlingError("npu.timeout", "The NPU did not finish.", "")
            return states
        finally:
            self.busy.release()


class Watching(FakeDecoder):
    """Decodes a clip when the one after the next is not begun, and the next one is."""

    def __init__(self, encoder: Beside, clips: int, *script: str) -> None:
        super().__init__(*script)
        self._encoder, self._clips, self._at = encoder, clips, 0

    def decode(self, *given: object, **named: object) -> list:
        self._at += 1
        if self._at < self._clips:
            assert self._encoder.begun[self._at].wait(WAIT_S)
            assert not self._encoder.begun[self._at + 1].is_set()
        return super().decode(*given, **named)


def test_the_next_clip_is_encoded_while_one_is_decoded() -> None:
    encoder = Beside()
    decoder = Watching(encoder, 3, GOOD, "second", "third")
    clips = [clip(1.0), clip(3.0), clip(2.0)]
    told = Transcriber(encoder, decoder, PLACEMENT, True).transcribe(clips, SttOptions())
    assert [transcript.text for transcript in told] == ["the text good", "the text second", "the text third"]
    assert [shape[0] for shape in encoder.shapes] == [1, 1, 1]


def test_a_clip_that_is_tried_again_waits_for_the_one_encoded_ahead() -> None:
    encoder, decoder = Beside(), FakeDecoder(LOW, "again", "second")
    told = Transcriber(encoder, decoder, PLACEMENT, True).transcribe([clip(1.0), clip(2.0)], SttOptions())
    assert [transcript.text for transcript in told] == ["the text again", "the text second"]
    assert len(encoder.shapes) == 3


@pytest.mark.parametrize("clips", [1, 3])
def test_an_encoder_on_the_cpu_takes_them_together(clips: int) -> None:
    encoder = Beside(beside_cpu=False)
    Transcriber(encoder, FakeDecoder(*[GOOD] * clips), PLACEMENT, True).transcribe([clip(1.0)] * clips, SttOptions())
    assert [shape[0] for shape in encoder.shapes] == [clips]


@pytest.mark.parametrize("fails_at", [0, 1, 2])
def test_a_failure_ahead_is_the_batchs(fails_at: int) -> None:
    encoder, decoder = Beside(fails_at=fails_at), FakeDecoder(GOOD, GOOD, GOOD)
    with pytest.raises(StarlingError, match="did not finish"):
        Transcriber(encoder, decoder, PLACEMENT, True).transcribe([clip(1.0)] * 3, SttOptions())
    assert not any(thread.name.startswith("encoder") for thread in threading.enumerate())
