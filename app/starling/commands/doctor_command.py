"""``starling doctor``: what is here, what is in use, and how to fix what is missing. Exit 0 whatever it finds."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from starling import __version__, locate
from starling.commands import (
    doctor_connection,
    doctor_history,
    doctor_insertion,
    doctor_keys,
    doctor_npu,
    doctor_proofs,
)
from starling.commands.options import add_json
from starling.commands.report import model_json
from starling.core.errors import StarlingError
from starling.pipeline.candidacy import Candidacy
from starling.settings import store as settings

PACKAGES = ("numpy", "sounddevice", "soxr", "av", "onnxruntime", "ctranslate2", "faster-whisper", "kokoro-onnx",
            "espeakng-loader", "pocketsphinx", "webrtcvad-wheels")  # fmt: skip


PROFILE_RUNS = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--prove", action="store_true", help="let every accelerator prove itself now, for some minutes")
    parser.add_argument("--model", metavar="NAME|PATH", help="Whisper model to prove with (setting stt.model)")
    parser.add_argument(
        "--bundle", metavar="FILE.zip", type=Path, help="write a support file, without texts, sound and private values"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Collect every section; a section that fails says so and the others go on."""
    loaded = settings.load()
    sections = _sections(loaded, options)
    if options.bundle:
        sections.pop("connection", None)  # a server of the user's is not asked for this
    report = {name: _guarded(section) for name, section in sections.items()}
    if options.bundle:
        _bundle(options, loaded, report)
    elif options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_text(report)))
    return 0


def _bundle(options: argparse.Namespace, loaded: settings.Settings, report: dict[str, Any]) -> None:
    from starling.commands import bench_profile, support_bundle
    from starling.pipeline.choice import choose

    def profile() -> dict[str, Any]:
        return bench_profile.measure(choose(loaded.get, stt_model=options.model), PROFILE_RUNS).to_json()

    support_bundle.write(options.bundle, loaded, report, profile, [options.model] if options.model else [])
    told = {"bundle": str(options.bundle)}
    print(json.dumps(told) if options.json else f"{options.bundle} was written; read it before you give it away.")


def _guarded(section: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return section()
    except StarlingError as error:
        return {"reasons": [error.message], "fixes": [error.fix] if error.fix else [], "code": error.code}
    except OSError as error:
        return {"reasons": [f"{error.strerror} ({error.filename})"], "fixes": [], "code": "system.error"}


def _audio() -> dict[str, Any]:
    from starling.audio.devices import list_devices

    devices = list_devices()
    reasons, fixes = [], []
    for kind, word in (("input", "microphone"), ("output", "speaker")):
        if not any(device.kind == kind and not device.monitor for device in devices):
            reasons.append(f"No {word} was found.")
            fixes.append(f"Plug in a {word} or start the sound server; `starling devices` lists what is there.")
    return {"devices": [asdict(device) for device in devices], "reasons": reasons, "fixes": fixes}


def _models() -> dict[str, Any]:
    from starling.models import library

    found = library.scan()
    models = [*found.models, library.starter()]
    return {
        "folder": str(library.models_dir()),
        "installed": [model_json(model) for model in models],
        "reasons": [fault.message for fault in found.faults],
        "fixes": [fault.fix for fault in found.faults if fault.fix],
    }


class _Accelerated:
    """The sections that know of accelerators; one look serves both."""

    def __init__(self, loaded: settings.Settings, options: argparse.Namespace) -> None:
        from starling.pipeline.choice import choose

        self._choice = choose(loaded.get, stt_model=options.model)
        self._options = options
        self._looked: Candidacy | None = None

    def proofs(self) -> dict[str, Any]:
        troubles = doctor_proofs.prove(self._choice) if self._options.prove else []
        looked = [self._look(), *filter(None, [self._look_voice()])]  # a look sees the proofs before it
        return doctor_proofs.section(self._choice, looked, troubles)

    def engines(self) -> dict[str, Any]:
        from starling.pipeline.engines import stt_rungs, tts_rungs

        ladders = (
            ("stt", stt_rungs(self._choice, self._look())),
            ("tts", tts_rungs(self._choice, self._look_voice())),
        )
        return {
            family: [{"name": rung.spec.name, "tier": rung.spec.tier, "provider": rung.spec.provider,
                      "model": rung.spec.model, "why_not_better": rung.why_not_better} for rung in rungs]
            for family, rungs in ladders
        } | {"reasons": [], "fixes": []}  # fmt: skip

    def _look(self) -> Candidacy:
        from starling.pipeline import candidacy
        from starling.pipeline.engines import stt_model

        if self._looked is None:
            self._looked = candidacy.look(self._choice, stt_model(self._choice), closely=True)
        return self._looked

    def _look_voice(self) -> Candidacy | None:
        """None where the voice's model cannot be found."""
        from starling.pipeline import candidacy
        from starling.pipeline.engines import tts_model

        try:
            model = tts_model(self._choice)
        except StarlingError:
            return None
        return candidacy.look_voice(self._choice, model, closely=True, npu=self._look().npu)


def _desktop(loaded: settings.Settings) -> dict[str, Any]:
    warnings = [*loaded.warnings, *_unwritable()]
    keys = doctor_keys.section(loaded)
    if keys["problem"]:
        warnings.append(StarlingError("keys.problem", keys["problem"], keys["fix"]))
    disk = shutil.disk_usage(next(path for path in (locate.data_dir(), *locate.data_dir().parents) if path.exists()))
    return {
        "system": platform.platform(),
        "session": os.environ.get("XDG_SESSION_TYPE", ""),
        "desktop": os.environ.get("XDG_CURRENT_DESKTOP", ""),
        "display": os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY", ""),
        "insertion": doctor_insertion.section(loaded),
        "keys": keys,
        "cores": os.cpu_count(),
        "free_disk_bytes": disk.free,
        "folders": {"settings": str(locate.config_dir()), "data": str(locate.data_dir()),
                    "cache": str(locate.cache_dir())},
        "reasons": [warning.message for warning in warnings],
        "fixes": [warning.fix for warning in warnings if warning.fix],
    }  # fmt: skip


def _unwritable() -> Iterator[StarlingError]:
    """What keeps timers, history and models from being saved."""
    folder = next(path for path in (locate.data_dir(), *locate.data_dir().parents) if path.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        yield StarlingError(
            "app.data_unwritable",
            f"{locate.data_dir()} cannot be written.",
            "Check that it belongs to you, or set STARLING_HOME to another folder.",
        )


def _versions() -> dict[str, Any]:
    def installed(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return ""

    packages = {name: installed(name) for name in PACKAGES}
    missing = [name for name, found in packages.items() if not found]
    return {
        "starling": __version__,
        "python": sys.version.split()[0],
        **packages,
        "reasons": [f"{name} is not installed." for name in missing],
        "fixes": ["Run ./run.sh again: it installs what is missing."] if missing else [],
    }


def _sections(loaded: settings.Settings, options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    """One load of the settings for all: loading sets a damaged file aside, so only the first one sees it."""
    accelerated = _Accelerated(loaded, options)
    return {
        "npu": doctor_npu.section,
        "audio": _audio,
        "models": _models,
        "proofs": accelerated.proofs,
        "engines": accelerated.engines,
        **({"connection": partial(doctor_connection.section, loaded)} if doctor_connection.connected(loaded) else {}),
        "history": doctor_history.section,
        "desktop": partial(_desktop, loaded),
        "versions": _versions,
    }


def _text(report: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, section in report.items():
        lines.append(name.upper() if name == "npu" else name.capitalize())
        lines += [f"  {line}" for line in _SUMMARIES[name](section)] if "code" not in section else []
        lines += doctor_npu.troubles(section) if "faults" in section else _troubles(section)
    return lines


def _troubles(section: dict[str, Any]) -> list[str]:
    reasons = [f"  ! {reason}" for reason in section.get("reasons", [])]
    return reasons + [f"    → {fix}" for fix in section.get("fixes", [])]


def _audio_lines(section: dict[str, Any]) -> list[str]:
    words = {"input": "microphone", "output": "speaker"}
    return [
        f"{words[device['kind']]}: {device['name']}{' (default)' if device['is_default'] else ''}"
        for device in section["devices"]
    ]


def _model_lines(section: dict[str, Any]) -> list[str]:
    return [f"{model['name']}: {model['kind']}, {model['bytes'] / 1e6:.0f} MB" for model in section["installed"]]


def _engine_lines(section: dict[str, Any]) -> list[str]:
    lines = []
    for family, title in (("stt", "recogniser"), ("tts", "voice")):
        best = section[family][0]
        name = " · ".join(part for part in (best["tier"], best.get("provider", ""), best["model"]) if part)
        why = f" (not better because {best['why_not_better']})" if best["why_not_better"] else ""
        lines.append(f"{title}: {name}{why}")
    return lines


def _desktop_lines(section: dict[str, Any]) -> list[str]:
    display = section["display"] or "no display"
    machine = f"{section['cores']} cores, {section['free_disk_bytes'] / 1e9:.1f} GB free, {display}"
    return [
        section["system"],
        machine,
        *doctor_insertion.lines(section["insertion"]),
        *doctor_keys.lines(section["keys"]),
    ]


def _version_lines(section: dict[str, Any]) -> list[str]:
    return [", ".join(f"{name} {found}" for name, found in section.items() if found and isinstance(found, str))]


_SUMMARIES: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "npu": doctor_npu.lines,
    "audio": _audio_lines,
    "models": _model_lines,
    "proofs": doctor_proofs.lines,
    "engines": _engine_lines,
    "connection": doctor_connection.lines,
    "history": doctor_history.lines,
    "desktop": _desktop_lines,
    "versions": _version_lines,
}
