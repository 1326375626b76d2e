"""``starling bench``: the figures people feel, measured on this machine now."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable

from starling import __version__
from starling.commands import (
    bench_dictation,
    bench_history,
    bench_kokoro,
    bench_loop,
    bench_profile,
    bench_ptt,
    bench_voices,
    bench_whisper,
    bench_window,
)
from starling.commands.bench_dictation import Dictation
from starling.commands.bench_figures import Figure
from starling.commands.bench_kokoro import KokoroBench
from starling.commands.bench_profile import Profile
from starling.commands.bench_voices import VoiceTable
from starling.commands.options import add_json, add_recogniser, chosen

RUNS = 5
NAMES = ("text", "whisper", "silence", "first-sound", "ready", "window", "window-memory", "history", "ptt")
ON_REQUEST = (bench_dictation.NAME, bench_profile.NAME, bench_kokoro.NAME, bench_voices.NAME)
"""Told by name only: what takes a screen of its own, and times without a goal."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "figures",
        nargs="*",
        metavar="FIGURE",
        help=f"some of: {', '.join(NAMES)}; all of these if none; or dictation: from the key to the sound, and from "
        "speech to typed text; profile: how long each operation of the recogniser and the voice takes; kokoro: where "
        "its time goes, and which edits of its graph help here; voices: what each voice costs on every tier",
    )
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of each figure (default {RUNS})")
    add_recogniser(parser)
    parser.add_argument("--tts", choices=("auto", "npu", "cpu", "demo"), help="voice tier (setting tts.tier)")
    add_json(parser)
    parser.set_defaults(run=run, usage=parser.error)


def run(options: argparse.Namespace) -> int:
    """Measure one figure after the other; nothing else should run meanwhile."""
    unknown = sorted(set(options.figures) - {*NAMES, *ON_REQUEST})
    if unknown:
        options.usage(f"there is no figure {unknown[0]!r}; there are: {', '.join((*NAMES, *ON_REQUEST))}")
    if options.runs < 1:
        options.usage("--runs must be at least 1")
    choice = chosen(options)
    measures: dict[str, Callable[[], Figure | Dictation | Profile | KokoroBench | VoiceTable]] = {
        "text": lambda: bench_loop.endpoint_to_text(choice, options.runs),
        "whisper": lambda: bench_whisper.compare(options.runs),
        "silence": lambda: bench_loop.silence(choice),
        "first-sound": lambda: bench_loop.first_sound(choice, options.runs),
        "ready": lambda: bench_loop.ready(options.runs),
        "window": lambda: bench_window.first_paint(options.runs),
        "window-memory": lambda: bench_window.memory(options.runs),
        "history": lambda: bench_history.search(options.runs),
        "ptt": lambda: bench_ptt.arrival(options.runs),
        bench_dictation.NAME: lambda: bench_dictation.measure(choice, options.runs),
        bench_profile.NAME: lambda: bench_profile.measure(choice, options.runs),
        bench_kokoro.NAME: lambda: bench_kokoro.measure(choice, options.runs),
        bench_voices.NAME: lambda: bench_voices.measure(choice, options.runs),
    }
    figures = []
    for name in options.figures or NAMES:
        figures.append(measures[name]())
        if not options.json:
            print(figures[-1].to_text(), flush=True)
    if options.json:
        print(json.dumps({"machine": _machine(), "figures": [figure.to_json() for figure in figures]}, indent=2))
    return 0


def _machine() -> dict[str, object]:
    return {
        "starling": __version__,
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_1_min": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
