"""The section of ``starling doctor`` on accelerators: each with its proof, and the proof itself with ``--prove``."""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from starling.core.errors import StarlingError
from starling.npu.vitisai import cache
from starling.pipeline import candidacy
from starling.pipeline.candidacy import Candidacy
from starling.pipeline.choice import Choice
from starling.pipeline.proof_entries import entries
from starling.pipeline.proof_events import ProofEntry

COMPILING_TOLD_S = 15.0
"""Between two lines about a compilation, which may take a quarter of an hour."""


def section(choice: Choice, looked: Sequence[Candidacy], troubles: Sequence[StarlingError]) -> dict[str, Any]:
    """Every accelerator of both families, its record, and who holds the NPU; with the ``troubles`` of a proof."""
    troubles = list(troubles)
    records = candidacy.records()
    if records.trouble is not None:
        troubles.append(records.trouble)
    try:
        held = [asdict(slot) for slot in candidacy.slots().held()]
    except StarlingError as error:
        held, troubles = [], [*troubles, error]
    shown = [entry for one in looked for entry in entries(one.candidates, records, one.stamp, choice.stt_prefer)]
    return {
        "candidates": [_json(entry) for entry in shown],
        "contexts": asdict(looked[0].share) | {"slots": held},
        "compiling": [asdict(one) for one in cache.under_way()],
        "reasons": [error.message for error in troubles],
        "fixes": [error.fix for error in troubles if error.fix],
    }


def _json(entry: ProofEntry) -> dict[str, Any]:
    """JSON has no word for what is not a number, such as a cosine of states of another shape."""
    told = asdict(entry)
    for figure in told["figures"]:
        figure["value"] = figure["value"] if math.isfinite(figure["value"]) else None
    return told


def lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    told = [line for entry in found["candidates"] for line in _entry(entry)]
    contexts = found["contexts"]
    if contexts["ours"] or contexts["others"]:
        told.append(f"hardware contexts: {contexts['ours']} held by Starling, {contexts['others']} by others")
    told += [_compiling(cache.Compiling(**one)) for one in found["compiling"]]
    return told or ["no accelerator was looked for"]


def prove(choice: Choice) -> list[StarlingError]:
    """Let everything prove itself now, and tell each step on stderr; what went wrong comes back."""
    from starling.pipeline.proof_run import ProofRun
    from starling.pipeline.proof_voice import VoiceProofRun

    runs = [ProofRun(choice, _tell), VoiceProofRun(choice, _tell)]
    try:
        due = [run for run in runs if run.due(again=True)]
        if not due:
            return [StarlingError("proof.nothing", "There is no accelerator here that could be proven.")]
        with _compilations_told():
            return [error for run in due for error in run.run(again=True)]
    except StarlingError as error:
        return [error]
    finally:
        for run in runs:
            run.abort()  # also when Ctrl-C came


def _tell(step: str, done: int, steps: int) -> None:
    print(f"starling: [{done + 1}/{steps}] {step}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _compilations_told() -> Iterator[None]:
    """Meanwhile say how the compilations go that are under way."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(COMPILING_TOLD_S):
            for one in cache.under_way():
                print(f"starling: {_compiling(one)}", file=sys.stderr, flush=True)

    thread = threading.Thread(target=watch, name="compilations", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _compiling(one: cache.Compiling) -> str:
    """What is measured of it: there is no share, because the compiler tells none."""
    took, written = f"{one.elapsed_s:.0f} s so far", f"{one.cache_bytes / 1e6:.1f} MB written"
    return f"{one.model} is being compiled for the NPU: {took}, {written}"


def _number(value: float | None) -> str:
    return "is no number" if value is None else f"{value:.5g}"


def _entry(entry: dict[str, Any]) -> Iterator[str]:
    name = " · ".join(part for part in (entry["tier"], entry["provider"], entry["model"]) if part)
    words = {"taken": "proven", "refused": "not used", "unproven": "not proven", "unavailable": "not possible"}
    yield f"{name}: {words[entry['state']]}: {entry['reason']}"
    figures = [f"{figure['name']} {_number(figure['value'])}" for figure in entry["figures"]]
    if entry["candidate_ms"] is not None and entry["below_ms"] is not None:
        times = f"{entry['candidate_ms']:.0f} ms beside {entry['below_ms']:.0f} ms of {entry['below']}"
        figures.append(f"{times} ({entry['runs']} runs)")
    if entry["at"]:
        figures.append(f"on {entry['device']}, {time.strftime('%d %b %Y %H:%M', time.localtime(entry['at']))}")
        yield f"  {', '.join(figures)}"
    if entry["fix"]:
        yield f"  → {entry['fix']}"
