"""The section of ``starling doctor`` on accelerators: each with its proof, and the proof itself with ``--prove``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from starling.core.errors import StarlingError
from starling.pipeline import candidacy
from starling.pipeline.candidacy import Candidacy
from starling.pipeline.choice import Choice
from starling.pipeline.proof_entries import entries


def section(choice: Choice, looked: Candidacy, *, prove: bool) -> dict[str, Any]:
    """Every accelerator, its record, and who holds the NPU; with ``prove`` everything is proven first."""
    troubles = _prove(choice) if prove else []
    records = candidacy.records()
    if records.trouble is not None:
        troubles.append(records.trouble)
    try:
        held = [asdict(slot) for slot in candidacy.slots().held()]
    except StarlingError as error:
        held, troubles = [], [*troubles, error]
    shown = entries(looked.candidates, records, looked.stamp, choice.stt_prefer)
    return {
        "candidates": [asdict(entry) for entry in shown],
        "contexts": asdict(looked.share) | {"slots": held},
        "reasons": [error.message for error in troubles],
        "fixes": [error.fix for error in troubles if error.fix],
    }


def lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    told = [line for entry in found["candidates"] for line in _entry(entry)]
    contexts = found["contexts"]
    if contexts["ours"] or contexts["others"]:
        told.append(f"hardware contexts: {contexts['ours']} held by Starling, {contexts['others']} by others")
    return told or ["no accelerator was looked for"]


def _prove(choice: Choice) -> list[StarlingError]:
    from starling.pipeline.proof_run import ProofRun

    run = ProofRun(choice, _tell)
    try:
        if not run.due(again=True):
            return [StarlingError("proof.nothing", "There is no accelerator here that could be proven.")]
        return run.run(again=True)
    except StarlingError as error:
        return [error]
    finally:
        run.abort()  # also when Ctrl-C came


def _tell(step: str, done: int, steps: int) -> None:
    print(f"starling: [{done + 1}/{steps}] {step}", file=sys.stderr, flush=True)


def _entry(entry: dict[str, Any]) -> Iterator[str]:
    name = " · ".join(part for part in (entry["tier"], entry["provider"], entry["model"]) if part)
    words = {"taken": "proven", "refused": "not used", "unproven": "not proven", "unavailable": "not possible"}
    yield f"{name}: {words[entry['state']]}: {entry['reason']}"
    figures = [f"{figure['name']} {figure['value']:.5g}" for figure in entry["figures"]]
    if entry["candidate_ms"] is not None and entry["below_ms"] is not None:
        times = f"{entry['candidate_ms']:.0f} ms beside {entry['below_ms']:.0f} ms of {entry['below']}"
        figures.append(f"{times} ({entry['runs']} runs)")
    if entry["at"]:
        figures.append(f"on {entry['device']}, {time.strftime('%d %b %Y %H:%M', time.localtime(entry['at']))}")
        yield f"  {', '.join(figures)}"
    if entry["fix"]:
        yield f"  → {entry['fix']}"
