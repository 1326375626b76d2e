"""Options that several commands share, and the choice they make together with the settings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.pipeline.choice import Choice, choose
from starling.settings.checks import allowed, checked
from starling.settings.schema import SETTINGS, Value
from starling.settings.store import Settings, load


def add_recogniser(parser: argparse.ArgumentParser) -> None:
    """``--stt --provider --model --language``."""
    parser.add_argument("--stt", choices=("auto", "advanced", "legacy", "demo"), help="recogniser (setting stt.tier)")
    parser.add_argument(
        "--provider", choices=("auto", "vitisai", "xrt", "server"), help="way to the NPU (setting stt.provider)"
    )
    parser.add_argument("--model", metavar="NAME|PATH", help="Whisper model: a name, a folder, or 'starter'")
    parser.add_argument("--language", metavar="CODE", help="language spoken, ISO 639-1, or auto")


def add_voice(parser: argparse.ArgumentParser) -> None:
    """``--tts --voice --speed --volume --seed --out``."""
    parser.add_argument("--tts", choices=("auto", "npu", "cpu", "demo"), help="voice tier (setting tts.tier)")
    parser.add_argument("--voice", metavar="ID", help="voice of that tier")
    parser.add_argument("--speed", type=_setting("tts.speed"), metavar="0.5-2.0", help="speaking speed")
    parser.add_argument(
        "--volume", type=_setting("tts.volume"), metavar="0.1-2.0", help="how loud; 1 is the voice's own"
    )
    parser.add_argument("--seed", type=_setting("tts.seed"), metavar="N", help="the same noise every time; 0 is off")
    parser.add_argument("--out", metavar="WAV", help="write the speech to this file instead of playing it")


def _setting(key: str) -> Callable[[str], Value]:
    """Reads a value of a setting that is a number, for argparse."""
    setting = next(setting for setting in SETTINGS if setting.key == key)

    def read(text: str) -> Value:
        try:
            return checked(setting, type(setting.default)(text))
        except (ValueError, StarlingError):
            raise argparse.ArgumentTypeError(f"{text!r} is not {allowed(setting)}") from None

    return read


def same_file(one: str | Path, other: str | Path) -> bool:
    """Whether both names lead to one existing file."""
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``."""
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")


def load_settings() -> Settings:
    """The settings; what is wrong with the file is told on stderr, the defaults are used."""
    settings = load()
    for warning in settings.warnings:
        print(f"starling: {warning}", file=sys.stderr)
    return settings


def chosen(options: argparse.Namespace, **fixed: Any) -> Choice:
    """Settings, then the options of this run, then what the command itself fixes."""
    given: dict[str, Any] = {
        "stt_tier": getattr(options, "stt", None),
        "stt_provider": getattr(options, "provider", None),
        "stt_model": getattr(options, "model", None),
        "tts_tier": getattr(options, "tts", None),
        "voice": getattr(options, "voice", None),
        "speed": getattr(options, "speed", None),
        "volume": getattr(options, "volume", None),
        "seed": getattr(options, "seed", None),
    }
    return choose(load_settings().get, getattr(options, "language", None), **(given | fixed))
