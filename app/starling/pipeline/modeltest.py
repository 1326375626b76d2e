"""Measures what a model costs on this machine: a spoken sentence, recognised or spoken by an engine for the moment."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from statistics import median

import numpy as np

from starling.child import vitals
from starling.core.engine_api import Rung
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples, SttOptions
from starling.engine.clients import SttClient, TtsClient
from starling.engine.events import EngineEvent, EngineStarted
from starling.engine.supervisor import Supervisor
from starling.models.info import ModelInfo
from starling.pipeline.shown_models import Measurement
from starling.speech.stt.ladder import stt_ladder
from starling.speech.tts.ladder import tts_ladder

SENTENCE = "Set a timer for ten minutes, and tell me what the date is on the last Friday of next month."
RUNS = 3
"""Measured ones, after one that pages the weights in."""
_OPTIONS = SttOptions(language="en", temperatures=(0.0,))
"""The sentence is English; a second try at another temperature would measure luck."""


class ModelTest:
    """Runs one test at a time; every method blocks. :meth:`abort` ends what runs, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards the two below
        self._supervisor: Supervisor | None = None
        self._aborted = False
        self._sentence: Samples | None = None

    def recogniser(self, model: ModelInfo, threads: int, *, full: bool = False) -> Measurement:
        """Recognise the sentence.

        Args:
            model: a Whisper model.
            threads: as the setting ``stt.threads``.
            full: measure a short-context model in the context of 30 s too, as other models run.

        Raises:
            StarlingError: no voice speaks the sentence, or the model cannot be loaded or fails.
        """
        clip = self._spoken()
        measured = self._recognised(clip, model, threads)
        if not (full and model.short_context):
            return measured
        whole = self._recognised(clip, replace(model, short_context=False), threads)
        return replace(measured, full_s=whole.processing_s)

    def voice(self, model: ModelInfo, seed: int) -> Measurement:
        """Speak the sentence with a Kokoro model. Raises StarlingError as :meth:`recogniser`."""
        (rung,) = tts_ladder("cpu", model, (), seed)
        with _Engine(self, rung) as engine:
            client = TtsClient(engine.supervisor)
            runs = [self._speak(client) for _ in range(RUNS + 1)][1:]
            return Measurement(
                audio_s=median(audio_s for audio_s, _ in runs),
                processing_s=median(synthesis_s for _, synthesis_s in runs),
                load_s=engine.load_s,
                memory_bytes=engine.memory_bytes(),
                runs=RUNS,
                at=time.time(),
            )

    def abort(self) -> None:
        """End the engine in use; the test fails, and so does every later one."""
        with self._lock:
            self._aborted, supervisor = True, self._supervisor
        if supervisor is not None:
            supervisor.close()

    def _recognised(self, clip: Samples, model: ModelInfo, threads: int) -> Measurement:
        (rung,) = stt_ladder("legacy", model, (), threads)
        with _Engine(self, rung) as engine:
            client = SttClient(engine.supervisor)
            runs = [client.transcribe([clip], _OPTIONS)[0].transcript for _ in range(RUNS + 1)][1:]
            return Measurement(
                audio_s=len(clip) / SAMPLE_RATE,
                processing_s=median(run.processing_s for run in runs),
                load_s=engine.load_s,
                memory_bytes=engine.memory_bytes(),
                runs=RUNS,
                heard=runs[-1].text,
                at=time.time(),
            )

    def _spoken(self) -> Samples:
        """The sentence, spoken by the voice that needs no model: (n,) float32 at 16 kHz."""
        if self._sentence is None:
            import soxr

            with _Engine(self, *tts_ladder("demo", None, ())) as engine:
                chunks = list(TtsClient(engine.supervisor).synthesize(SENTENCE, "", 1.0))
            samples = np.concatenate([chunk.samples for chunk in chunks])
            self._sentence = np.asarray(soxr.resample(samples, chunks[0].rate, SAMPLE_RATE), np.float32)
        return self._sentence

    @staticmethod
    def _speak(client: TtsClient) -> tuple[float, float]:
        speech = client.synthesize(SENTENCE, "", 1.0)
        for _ in speech:
            pass
        if speech.metrics is None:
            raise StarlingError("engine.no_reply", "The voice ended without an answer.")
        return speech.metrics.audio_s, speech.metrics.synthesis_s

    def _use(self, supervisor: Supervisor | None) -> bool:
        """Whether the test may go on with this engine."""
        with self._lock:
            self._supervisor = supervisor
            return not self._aborted


class _Engine:
    """An engine process for the moment."""

    def __init__(self, test: ModelTest, rung: Rung) -> None:
        self.load_s: float | None = None
        self.supervisor = Supervisor([rung], 0.0, on_event=self._hear)
        self._test = test

    def __enter__(self) -> _Engine:
        if not self._test._use(self.supervisor):
            self.supervisor.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._test._use(None)
        self.supervisor.close()

    def memory_bytes(self) -> int | None:
        """Resident memory of the process."""
        pid = self.supervisor.state().pid
        return None if pid is None else vitals.memory_bytes(pid)

    def _hear(self, event: EngineEvent) -> None:
        if isinstance(event, EngineStarted):
            self.load_s = event.load_s
