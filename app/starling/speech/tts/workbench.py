"""Kokoro measured on this machine, in an engine process of its own: where its time goes, and which edits help.

Loads the model beside itself to compare, so nothing else of Kokoro should be loaded meanwhile.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.results import Samples
from starling.speech.tts import compare, kokoro, kokoro_files, profile, tuning
from starling.speech.tts.graph import edits, split, store
from starling.speech.tts.tuning import Trial

FACTORY = "starling.speech.tts.workbench:create"
TEXT = "The timer is set for twenty five minutes, and I will tell you when it is done."
PHONEMES = " ".join(["tamoselida"] * 4)
"""A clause's length of letters that Kokoro has; what they say does not matter for the time."""
RUNS = 5
"""Measured ones of each side; the median bears two that something disturbed."""


def create(config: Mapping[str, Any]) -> Workbench:
    """Make the workbench. ``config`` is that of :func:`starling.speech.tts.kokoro.create`. Raises as that does."""
    model, voices_path = kokoro_files.locate(config)
    return Workbench(config, model, voices_path, kokoro_files.read_voices(voices_path))


class Workbench:
    """See this module and :class:`starling.core.engine_api.Engine`."""

    def __init__(
        self, config: Mapping[str, Any], model: Path, voices_path: Path, voices: dict[str, NDArray[np.float32]]
    ) -> None:
        self._config = config
        self._model = model
        self._voices_path = voices_path
        self._voices = voices
        self._threads = int(config.get("threads") or 0)
        self._place = kokoro_files.made_place(model)

    def describe(self) -> dict[str, Any]:
        """The model and what its figures are bound to."""
        return {
            "tier": "cpu",
            "model": str(self._config.get("name") or self._model.parent.name),
            "versions": kokoro_files.versions(),
            "cores": kokoro_files.physical_cores(),
            "threads": self._threads or min(kokoro_files.physical_cores(), kokoro_files.MOST_THREADS),
            "placement": {"device": "cpu", "evidence": ["session provider CPUExecutionProvider"]},
        }

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``profile`` and ``tune``, both with ``text``, ``voice`` and ``runs``.

        ``profile`` replies once: :meth:`Profile.to_json`, ``audio_s``, ``edits`` of the graph in use, and ``fixed``
        (share of the time of the part whose shapes are fixed, and its nodes), null where the model cannot be split.
        ``tune`` replies with ``step`` for every step and at last with ``trials``, ``chosen`` and ``at_once``, which it
        keeps for the engine.

        Raises:
            StarlingError: ``tts.no_profile``, ``tts.not_editable``, ``engine.unknown_op``, and as the engine.
        """
        text, voice = str(args.get("text") or TEXT), str(args.get("voice") or "")
        runs = int(args.get("runs") or RUNS)
        if op == "profile":
            return iter([Reply(self._profile(text, voice, runs))])
        if op == "tune":
            return self._tune(text, voice, runs)
        raise StarlingError("engine.unknown_op", f"The workbench has no operation {op!r}.")

    # -- where the time goes -------------------------------------------------------------------------------------

    def _profile(self, text: str, voice: str, runs: int) -> dict[str, Any]:
        tuned = store.tuned_model(self._place)
        with tempfile.TemporaryDirectory(prefix="starling-profile-") as folder:
            prefix = str(Path(folder) / "kokoro")
            session = kokoro_files.open_session(tuned or self._model, self._threads, 0, profile=prefix)
            engine = self._engine(session)
            clauses = self._spoken(engine, text, voice)[2]
            audio_s = sum(self._spoken(engine, text, voice)[0].size for _ in range(runs)) / kokoro.RATE
            path = Path(session.end_profiling())
            found = profile.summed(json.loads(path.read_bytes()), skipped_runs=clauses)
        return {
            **found.to_json(),
            "audio_s": audio_s,
            "edits": store.edits_of(self._place) if tuned else [],
            "fixed": self._fixed_share(text, voice, runs),
        }

    def _fixed_share(self, text: str, voice: str, runs: int) -> dict[str, Any] | None:
        """What the part that could run on an NPU takes of the whole, here on the CPU."""
        try:
            model = store.read_model(self._model)
        except StarlingError:
            return None
        edits.lift_constants(model.graph)
        parts = split.split(model)
        if parts is None:
            return None
        options = kokoro_files.session_options(self._threads)
        fixed = _Timed(kokoro_files.start_session(parts.fixed.encode(), options, self._model.parent))
        whole = _Timed(kokoro_files.open_session(self._model, self._threads, 0), also=fixed)
        engine = self._engine(whole)
        self._spoken(engine, text, voice)
        whole.seconds = fixed.seconds = 0.0
        for _ in range(runs):
            self._spoken(engine, text, voice)
        return {"share": fixed.seconds / whole.seconds, "nodes": parts.nodes[0], "of": parts.nodes[1]}

    # -- which edits help ----------------------------------------------------------------------------------------

    def _tune(self, text: str, voice: str, runs: int) -> Iterator[Reply]:
        try:
            installed = store.read_model(self._model)
        except StarlingError as error:
            store.keep(self._place, {"trials": [], "chosen": None, "why_not": error.message, **self.describe()})
            raise
        edits.write_seeds(installed.graph)
        reference = self._engine(self._session(installed.encode()))
        expected = self._spoken(reference, text, voice)[0]
        trials: list[Trial] = []
        for variant in tuning.VARIANTS:
            yield Reply({"step": f"measuring {', '.join(variant)}"})
            trials.append(self._trial(variant, reference, expected, (text, voice, runs)))
        chosen = tuning.best(trials)
        record: dict[str, Any] = {
            "trials": [trial.to_json() for trial in trials],
            "chosen": None if chosen is None else self._write(chosen),
            "at_once": self._at_once(chosen, (text, voice, runs)),
            "at": round(time.time(), 1),
            **self.describe(),
        }
        store.keep(self._place, record)
        yield Reply(record)

    def _trial(
        self, variant: tuple[str, ...], reference: kokoro.KokoroEngine, expected: Samples, how: tuple[str, str, int]
    ) -> Trial:
        model = store.read_model(self._model)
        changed = _edited(model, variant)
        trial = Trial(variant, changed)
        if not changed:
            return trial
        edits.write_seeds(model.graph)
        engine = self._engine(self._session(model.encode()))
        text, voice, runs = how
        trial = replace(trial, checks=compare.checks(self._spoken(engine, text, voice)[0], expected))
        if not all(check.passed for check in trial.checks):
            return trial
        times = [(self._spoken(engine, text, voice)[1], self._spoken(reference, text, voice)[1]) for _ in range(runs)]
        mine, theirs = zip(*times, strict=True)
        return replace(trial, seconds=mine, below_s=theirs)

    def _at_once(self, chosen: Trial | None, how: tuple[str, str, int]) -> dict[str, Any]:
        """Whether two clauses at a time make more in the same time, with the graph that is used from now on."""
        cores = kokoro_files.physical_cores()
        if cores < tuning.CORES_FOR_TWO:
            return {"number": 1, "gained": None, "cores": cores}
        model = store.read_model(self._model)
        _edited(model, chosen.edits if chosen else ())
        engine = self._engine(self._session(model.encode()))
        _, voice, runs = how
        voice = voice or engine.voice
        single, double = [], []
        with ThreadPoolExecutor(2) as pool:
            for _ in range(runs + 1):
                start = time.perf_counter()
                for _ in range(2):
                    engine.sound(PHONEMES, voice)
                half = time.perf_counter()
                list(pool.map(lambda _: engine.sound(PHONEMES, voice), range(2)))
                single.append(half - start)
                double.append(time.perf_counter() - half)
        gained = tuning.throughput_gained(single[1:], double[1:])  # the first ones load
        return {"number": tuning.at_once(cores, gained), "gained": gained, "cores": cores}

    def _write(self, chosen: Trial) -> dict[str, Any]:
        """The chosen graph without seeds, as a file beside the record."""
        model = store.read_model(self._model)
        _edited(model, chosen.edits)
        name = "-".join(chosen.edits).replace(" ", "-") + ".onnx"
        sha256 = store.write_model(self._place / name, model)
        return {"edits": list(chosen.edits), "file": name, "sha256": sha256, "saved": chosen.saved}

    # -- inside --------------------------------------------------------------------------------------------------

    def _session(self, model: bytes) -> Any:
        options = kokoro_files.session_options(self._threads)
        return kokoro_files.start_session(model, options, self._model.parent)

    def _engine(self, session: Any) -> kokoro.KokoroEngine:
        return kokoro.engine_around(session, self._config, self._model, self._voices_path, self._voices)

    def _spoken(self, engine: kokoro.KokoroEngine, text: str, voice: str) -> tuple[Samples, float, int]:
        """The sound with all its silence, the seconds it took, and the number of clauses."""
        replies = list(engine.call("synthesize", {"text": text, "voice": voice, "trim": False}, {}))
        sounds = [reply.arrays["audio"] for reply in replies]
        return np.concatenate(sounds), float(replies[-1].data["synthesis_s"]), len(sounds) - 1


class _Timed:
    """A session that adds up the time of its runs; ``also`` is run with the same inputs, outside that time."""

    def __init__(self, session: Any, also: _Timed | None = None) -> None:
        self._session = session
        self._also = also
        self._inputs = [given.name for given in session.get_inputs()]
        self.seconds = 0.0

    def run(self, names: Any, feeds: Mapping[str, NDArray[Any]]) -> Any:
        """As the session's."""
        if self._also is not None:
            self._also.run(None, feeds)
        given = {name: feeds[name] for name in self._inputs}
        start = time.perf_counter()
        found = self._session.run(names, given)
        self.seconds += time.perf_counter() - start
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def _edited(model: Any, variant: tuple[str, ...]) -> int:
    edits.lift_constants(model.graph)
    return sum(tuning.EDITS[name](model) for name in variant)
