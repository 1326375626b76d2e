"""Previews whose engine is exchanged, removed or broken: each has one end, and the next one is heard."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from starling import locate
from starling.engine.clients import TtsClient
from starling.engine.supervisor import Supervisor
from starling.models import library
from starling.pipeline import events
from starling.pipeline.events import Preview
from starling.speech.tts.ladder import tts_ladder
from tests.helpers.kokoro_model import build
from tests.unit.pipeline.previewing import SENTENCE, Bench, wait_until

MODELS = ("tones", "other")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def kokoro(home: Path) -> Path:
    return build(locate.data_dir() / "models" / "tones", noise=True)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def exchange(bench: Bench, tier: Any = "demo") -> None:
    """As :meth:`Engines.exchange_tts`: another engine from now on; the old one ends after the call it is in."""
    old = bench.live.tts
    bench.live.tts = TtsClient(Supervisor(tts_ladder(tier, None, library.installed())))
    old.supervisor.retire()


def test_an_engine_that_is_exchanged_in_mid_preview_is_followed(bench: Bench) -> None:
    bench.sink.slow = True
    bench.previews.start(Preview(f"{SENTENCE} " * 4))
    bench.told.wait(events.PreviewProgress)
    exchange(bench)
    bench.sink.slow = False
    (ended,) = bench.told.wait(events.PreviewEnded)
    assert (ended.error, ended.stopped, ended.tier) == (None, False, "demo")
    assert ended.audio_s is not None
    assert ended.audio_s > 8


def test_an_engine_that_is_exchanged_while_a_preview_waits(bench: Bench) -> None:
    bench.sink.slow = True
    bench.line.submit(SENTENCE, 1)
    wait_until(lambda: bench.sink.played)
    bench.previews.start(Preview(SENTENCE))
    wait_until(lambda: bench.line._inbox.qsize())
    exchange(bench)
    bench.sink.slow = False
    assert bench.told.wait(events.PreviewEnded)[0].error is None


def test_a_tier_that_is_no_longer_in_use_gets_an_engine_of_its_own(kokoro: Path, bench: Bench) -> None:
    bench.sink.slow = True
    bench.previews.start(Preview(f"{SENTENCE} " * 4, tier="cpu", voice="af_sky"))
    bench.told.wait(events.PreviewProgress)
    exchange(bench, "demo")
    bench.sink.slow = False
    (ended,) = bench.told.wait(events.PreviewEnded)
    assert (ended.error, ended.tier, ended.voice) == (None, "cpu", "af_sky")


def test_an_engine_of_its_own_speaks_with_the_model_that_is_there(kokoro: Path, bench: Bench) -> None:
    """The largest was removed or replaced since the last preview."""
    exchange(bench, "demo")
    assert bench.speak(tier="cpu", voice="af_sky").error is None
    kokoro.rename(kokoro.with_name("other"))
    assert bench.speak(tier="cpu", voice="af_sky").error is None
    shutil.rmtree(kokoro.with_name("other"))
    ended = bench.speak(tier="cpu", voice="af_sky")
    assert ended.error is not None
    assert ended.error["code"] == "tts.no_model"


@pytest.mark.parametrize("broken", ["borrow", "tier_in_use"])
def test_a_bug_while_it_is_made_ready_ends_it(bench: Bench, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(type(bench.lender), broken, property(fail) if broken == "tier_in_use" else fail)
        ended = bench.speak()
    assert ended.error is not None
    assert ended.error["code"] == "internal.bug"
    assert bench.speak().error is None


def test_a_bug_before_it_sounds_ends_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("starling.pipeline.preview.notes_on", lambda *_: 1 / 0)
        ended = bench.speak()
    assert ended.error is not None
    assert ended.error["code"] == "internal.bug"
    assert bench.speak().error is None


def test_a_bug_while_it_is_exported_ends_it(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("starling.pipeline.preview.export_wav", lambda *_, **__: 1 / 0)
        bench.previews.export(Preview(SENTENCE), str(tmp_path / "a.wav"))
        (exported,) = bench.told.wait(events.PreviewExported)
    assert exported.error is not None
    assert exported.error["code"] == "internal.bug"


def test_of_previews_from_many_threads_one_is_heard(bench: Bench) -> None:
    bench.sink.slow = True
    threads = [
        threading.Thread(target=bench.previews.start, args=(Preview(f"This is number {number}."),))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = bench.told.wait(events.PreviewEnded, 8)
    assert sorted(end.stopped for end in ends) == [False] + [True] * 7
