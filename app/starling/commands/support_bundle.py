"""``starling doctor --bundle FILE``: one file for whoever helps, without anything that was said or is private."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starling import __version__, locate
from starling.assistant.llm.address import parse
from starling.commands import support_private
from starling.commands.support_scrub import Scrubber
from starling.commands.unexpected import REPORT
from starling.core.errors import StarlingError
from starling.pipeline import candidacy
from starling.settings.store import Settings

LOG_BYTES = 64_000
SWITCHES = ("STARLING_NPU", "STARLING_NPU_FAULT", "STARLING_NPU_DEVICE", "STARLING_SYSROOT", "XILINX_XRT",
            "XRT_INI_PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "RYZEN_AI_INSTALLATION_PATH")  # fmt: skip
"""Environment variables that change how Starling runs; whether they are set is told, their values are not."""
ABOUT = """Starling {version}, {date}

doctor.json    what this machine has: processor, NPU, driver, sound devices (without names), models, engines, versions
proofs.json    what accelerators have proven on this machine
profile.json   how long each operation took, heard with the clip that ships with Starling
settings.json  switches, numbers and choices; of texts only whether they are set
environment.json  which variables are set, without their values
last-error.txt where the last unexpected error happened, if there was one

Not in here: what was said, typed or heard, recordings, history, notes, timers, prompts, phrases, addresses, keys,
names of people, of this computer, of sound devices and of models of your own. Folders of yours are named <data> and
so on.
Read it before you give it away: these are plain texts.
"""

Report = dict[str, Any]


def write(
    path: Path, settings: Settings, report: Report, profile: Callable[[], Report], private: Sequence[str] = ()
) -> None:
    """Write the file in one step; what fails on the way is told inside.

    Args:
        path: of the zip archive; another zip archive there is replaced.
        settings: of the user.
        report: the doctor's, without its section on the language model.
        profile: measures the operations.
        private: further texts that are not to be in it.

    Raises:
        StarlingError: ``support.exists``, ``support.unwritable``.
    """
    if path.exists() and not zipfile.is_zipfile(path):
        raise StarlingError("support.exists", f"{path} exists and is no zip archive.", "Choose another name.")
    members = contents(settings, report, profile, private)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in members.items():
                archive.writestr(name, text)
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StarlingError(
            "support.unwritable", f"{path} cannot be written: {error.strerror or error}.", "Choose another place."
        ) from None


def contents(
    settings: Settings, report: Report, profile: Callable[[], Report], private: Sequence[str] = ()
) -> dict[str, str]:
    """The members of the archive by their names. Arguments as :func:`write`."""
    scrub = support_private.scrubber(settings, report, private)
    records = candidacy.records()
    found: dict[str, Any] = {
        "doctor.json": _doctor(report, settings),
        "proofs.json": [record.to_json() for record in records.all()],
        "profile.json": _guarded(profile),
        "settings.json": support_private.settings_shown(settings),
        "environment.json": {name: name in os.environ for name in SWITCHES},
    }
    texts = {name: json.dumps(scrub.json(value), ensure_ascii=False, indent=1) for name, value in found.items()}
    about = ABOUT.format(version=__version__, date=time.strftime("%Y-%m-%d"))
    return {"about.txt": about, **texts, **_log(scrub)}


def _doctor(report: Report, settings: Settings) -> Report:
    """The report without names of devices and folders; of a language model only that there is one."""
    found = {name: section for name, section in report.items() if name != "connection"}
    if "devices" in found.get("audio", {}):
        found["audio"] = {**found["audio"], "devices": [_device(each) for each in found["audio"]["devices"]]}
    if "display" in found.get("desktop", {}):
        # A warning quotes what stands in the settings' file, whatever it is; its code says which kind it is.
        codes = [warning.code for warning in settings.warnings]
        found["desktop"] = {
            **found["desktop"],
            "display": bool(found["desktop"]["display"]),
            "reasons": codes,
            "fixes": [],
        }
    found["connection"] = _connection(settings)
    return found


def _device(device: Report) -> Report:
    """Only what is a number, a switch or a word of ours."""
    kept = {key: value for key, value in device.items() if isinstance(value, bool | int | float)}
    return {"kind": device.get("kind"), **kept}


def _connection(settings: Settings) -> Report:
    url = settings.read("assistant.llm_url", str).strip()
    local: bool | None = None
    if url:
        with contextlib.suppress(StarlingError):
            local = parse(url).local
    return {"connected": bool(url), "local": local}


def _guarded(profile: Callable[[], Report]) -> Report:
    try:
        return profile()
    except StarlingError as error:
        return {"error": error.to_json()}


def _log(scrub: Scrubber) -> dict[str, str]:
    try:
        with (locate.cache_dir() / REPORT).open("rb") as file:
            text = file.read(LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return {}
    return {REPORT: scrub.text(text)}
