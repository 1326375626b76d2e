"""What a person waits for: from the end of speech to the text, to the first sound, from the start to ready."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from starling.audio.base import AudioSource
from starling.audio.files import FileSource, decode, write_wav
from starling.audio.microphone import Microphone
from starling.audio.silent_sink import SilentSink
from starling.audio.wav_sink import WavSink
from starling.child.vitals import cpu_seconds
from starling.commands.bench_figures import Figure, median
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE
from starling.engine.clients import TtsClient
from starling.pipeline import engines, events
from starling.pipeline.choice import Choice
from starling.pipeline.session import Session
from starling.pipeline.speaking import Speaking

SENTENCE = "please set a timer for twenty five minutes and then remind me to call my mother"
SENTENCE_VOICE = "en-us"
THREE_SENTENCES = (
    "The timer is set for twenty five minutes. I will tell you when it is done, also when this window is closed. "
    "Ask how much time is left whenever you want to know it."
)
TEXT_GOAL_MS = 60.0
FIRST_SOUND_GOAL = 0.5
SILENCE_GOAL_PERCENT = 3.0
SILENCE_S = 20.0
SETTLE_S = 3.0
READY_GOAL_S = 3.0
READY_TIMEOUT_S = 60.0
PAUSE_S = 1.2
MICROPHONE_OPEN_S = 5.0


def endpoint_to_text(choice: Choice, runs: int) -> Figure:
    """Speech of 3 to 5 s, paced as a microphone would, with the starter."""
    heard: list[events.Utterance] = []

    def collect(event: events.Event) -> None:
        if isinstance(event, events.Heard) and event.utterance.text:
            heard.append(event.utterance)

    starter = replace(choice, stt_tier="legacy", stt_model="starter", answer="nothing", keep_history=False)
    with tempfile.TemporaryDirectory(prefix="starling-") as folder:
        path = Path(folder) / "speech.wav"
        spoken(path, choice, runs)
        store = Path(folder) / "assistant"
        both = engines.start(starter, collect)
        session = Session(
            starter, both, FileSource(path, paced=True), SilentSink(), collect, real_time=True, store=store
        )
        try:
            session.run()
        finally:
            session.close()
    extra = {"speech_end_to_text_ms": median([one.speech_end_to_text_ms or 0.0 for one in heard]),
             "recognition_ms": 1000 * median([one.processing_s or 0.0 for one in heard]),
             "speech_s": median([one.end_s - one.start_s for one in heard])} if heard else None  # fmt: skip
    return Figure(
        "endpoint_to_text",
        "Endpoint to text",
        "ms",
        TEXT_GOAL_MS,
        tuple(one.endpoint_to_text_ms or 0.0 for one in heard),
        f"starter, paced, early transcription at {choice.segmenter.early_ms:.0f} ms,"
        f" hangover {choice.segmenter.hangover_ms:.0f} ms",
        extra=extra,
    )


def spoken(path: Path, choice: Choice, times: int) -> None:
    """The sentence, several times, with pauses, by espeak-ng."""
    once = path.with_name("once.wav")
    client = engines.start_tts(replace(choice, tts_tier="demo"), lambda event: None)
    sink = WavSink(once)
    try:
        Speaking(client, sink, voice=SENTENCE_VOICE).speak(SENTENCE)
    finally:
        client.supervisor.close()
        sink.close()
    speech, pause = np.concatenate(list(decode(once))), np.zeros(int(PAUSE_S * SAMPLE_RATE), np.float32)
    write_wav(path, np.concatenate([pause, *[part for _ in range(times) for part in (speech, pause)]]), SAMPLE_RATE)


def first_sound(choice: Choice, runs: int) -> Figure:
    """The first sound of a three-sentence reply, as a share of the time of making it whole; alternating."""
    client = engines.start_tts(choice, lambda event: None)
    try:
        speaking = Speaking(client, SilentSink(), voice=choice.voice, speed=choice.speed)
        reply = speaking.speak(THREE_SENTENCES)  # loads the model
        _whole(client, choice)
        timings = [(_first(speaking), _whole(client, choice)) for _ in range(runs)]
    finally:
        client.supervisor.close()
    return Figure(
        "first_sound",
        "First sound of three sentences, as a share of making them whole",
        "of the whole",
        FIRST_SOUND_GOAL,
        tuple(first_s / whole_s for first_s, whole_s in timings),
        f"tier {reply.tier}, whole text in one call against clause by clause",
        extra={
            "first_sound_ms": 1000 * median([pair[0] for pair in timings]),
            "whole_ms": 1000 * median([pair[1] for pair in timings]),
        },
    )


def _first(speaking: Speaking) -> float:
    reply = speaking.speak(THREE_SENTENCES)
    if reply.time_to_first_audio_ms is None:
        raise StarlingError("bench.no_sound", "The voice made no sound.", "See: starling doctor")
    return reply.time_to_first_audio_ms / 1000


def _whole(client: TtsClient, choice: Choice) -> float:
    started = time.perf_counter()
    for _ in client.synthesize(THREE_SENTENCES, choice.voice, choice.speed):
        pass
    return time.perf_counter() - started


def silence(choice: Choice) -> Figure:
    """Processor time of all processes while nobody speaks, in percent of one core."""
    with (
        tempfile.TemporaryDirectory(prefix="starling-") as folder,
        _quiet_source(choice, Path(folder)) as (source, how),
    ):
        disturbed, loaded = threading.Event(), threading.Semaphore(0)

        def watch(event: events.Event) -> None:
            if isinstance(event, events.SpeechBegan):
                disturbed.set()
            elif isinstance(event, events.EngineChanged):
                loaded.release()

        quiet = replace(choice, answer="nothing", keep_history=False)
        both = engines.start(quiet, watch)
        session = Session(quiet, both, source, SilentSink(), watch, real_time=True, store=Path(folder) / "assistant")
        runner = threading.Thread(target=session.run, name="bench-silence")
        runner.start()
        try:
            for _ in ("stt", "tts"):
                loaded.acquire(timeout=READY_TIMEOUT_S)
            used = _load_percent(disturbed)
        finally:
            session.coordinator.stop()
            runner.join()
            session.close()
    runs = () if disturbed.is_set() or used is None else (used,)
    return Figure(
        "silence",
        "Listening to silence",
        "% of one core",
        SILENCE_GOAL_PERCENT,
        runs,
        "somebody spoke meanwhile, or this system does not tell processor times" if not runs else how,
    )


def _load_percent(disturbed: threading.Event) -> float | None:
    disturbed.wait(SETTLE_S)
    before, started = _tree_seconds(), time.monotonic()
    if before is None or disturbed.wait(SILENCE_S):
        return None
    after = _tree_seconds()
    return None if after is None else 100 * (after - before) / (time.monotonic() - started)


@contextmanager
def _quiet_source(choice: Choice, folder: Path) -> Iterator[tuple[AudioSource, str]]:
    """The real microphone if one opens; else silence from a file, at the clock's pace."""
    microphone = Microphone(choice.microphone)
    first = microphone.read(MICROPHONE_OPEN_S)
    if first is not None and first.size:
        yield microphone, f"the microphone, {SILENCE_S:.0f} s, capture process included"
        return
    microphone.close()
    path = folder / "silence.wav"
    write_wav(path, np.zeros(int((SILENCE_S + 4 * SETTLE_S) * SAMPLE_RATE), np.float32), SAMPLE_RATE)
    yield FileSource(path, paced=True), "no microphone: silence from a file, without the capture process"


def _tree_seconds() -> float | None:
    """Processor seconds used so far by this process and all below it; None where /proc does not tell."""
    total, waiting = 0.0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        used = cpu_seconds(pid)
        if used is None:
            if pid == os.getpid():
                return None
            continue
        total += used
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):  # a thread that ended while we looked
                waiting += [int(child) for child in children.read_text().split()]
    return total


def ready(runs: int) -> Figure:
    """From the start of ``starling listen`` to listening: models loaded, sound arriving."""
    measured: list[float] = []
    how = "fresh processes, files in the system's cache"
    for _ in range(runs):
        found = _ready_once()
        if isinstance(found, str):
            measured, how = [], found
            break
        measured.append(found)
    return Figure("ready", "Ready to listen after the start", "s", READY_GOAL_S, tuple(measured), how)


def _ready_once() -> float | str:
    argv = [sys.executable, "-m", "starling", "listen", "--json", "--answer", "nothing"]
    started = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killer = threading.Timer(READY_TIMEOUT_S, process.kill)
    killer.start()
    try:
        for line in process.stdout or ():
            event = json.loads(line)
            if event["event"] == "ready":
                return time.monotonic() - started
            if event["event"] == "microphone_changed" and event["state"] == "lost":
                return str(event["message"])
        return (process.stderr.read() if process.stderr else "").strip() or "listening ended early"
    finally:
        killer.cancel()
        process.send_signal(signal.SIGTERM)
        process.communicate()
