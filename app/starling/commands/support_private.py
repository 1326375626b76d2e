"""What is private on this machine: settings' texts, names of people, machines, devices and models, and folders."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import socket
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starling import locate
from starling.commands.support_scrub import Scrubber, named
from starling.settings.schema import SETTINGS, Setting
from starling.settings.store import Settings

PLAIN_TEXTS = ("stt.language", "tts.voice")
"""Settings that are texts without a list of choices, and yet say nothing of a person where they are short codes."""
MODELS = ("stt.model", "tts.model")
CODE_CHARACTERS = 16
CHOSEN, DEFAULT = "<set>", "<not set>"
_VARIABLES = ("USER", "LOGNAME", "USERNAME", "SUDO_USER", "HOSTNAME", "COMPUTERNAME")


def plain(setting: Setting, value: object) -> bool:
    """Whether a setting's value may be shown: numbers, switches, words of a list, known models, and short codes."""
    if not isinstance(value, str) or value in setting.choices or value == setting.default:
        return True
    if setting.key in MODELS and value in catalogue_names():
        return True
    return setting.key in PLAIN_TEXTS and len(value) <= CODE_CHARACTERS and value.replace("_", "").isalnum()


def settings_shown(settings: Settings) -> dict[str, Any]:
    """Every setting: its value where that is nobody's business, else only whether it was set."""
    shown: dict[str, Any] = {}
    for setting in SETTINGS:
        value = settings.get(setting.key)
        shown[setting.key] = value if plain(setting, value) else CHOSEN if value else DEFAULT
    return shown


def scrubber(settings: Settings, report: dict[str, Any], private: Sequence[str] = ()) -> Scrubber:
    """For texts about this machine; ``report`` is the doctor's, which names devices and models."""
    further = [part for text in private for part in (text, Path(text).name)]
    secrets = named((*_setting_texts(settings), *further), "text")
    secrets |= named(_own_models(report), "model")
    secrets |= named(_devices(report), "device")
    secrets |= dict.fromkeys((*_people(), *_accounts(report)), "<user>") | dict.fromkeys(_hosts(), "<host>")
    return Scrubber(secrets, _folders())


def _setting_texts(settings: Settings) -> Iterator[str]:
    """Whole texts, and their lines and items: a message may quote one of them."""
    for setting in SETTINGS:
        value = settings.get(setting.key)
        if isinstance(value, str) and not plain(setting, value):
            yield value
            yield from (line.strip() for line in value.replace(",", "\n").splitlines())
            yield Path(value).name


@cache
def catalogue_names() -> frozenset[str]:
    """Models that anybody may have; their names say nothing."""
    from starling.models import library
    from starling.models.catalogue import load

    return frozenset((library.STARTER, *(entry.id for entry in load().entries)))


def _own_models(report: dict[str, Any]) -> Iterator[str]:
    known = catalogue_names()
    for model in report.get("models", {}).get("installed", ()):
        if model["name"] not in known:
            yield str(model["name"])
    with contextlib.suppress(OSError):
        folder = Path(report.get("models", {}).get("folder", ""))
        yield from (entry.name for entry in folder.iterdir() if entry.name not in known)


def _devices(report: dict[str, Any]) -> Iterator[str]:
    for device in report.get("audio", {}).get("devices", ()):
        yield str(device["name"])


def _people() -> Iterator[str]:
    yield from (os.environ.get(name, "") for name in _VARIABLES[:4])
    with contextlib.suppress(OSError, KeyError, ImportError):
        yield getpass.getuser()
    yield Path.home().name
    try:
        import pwd
    except ImportError:  # Windows
        return
    with contextlib.suppress(KeyError):
        entry = pwd.getpwuid(os.getuid())
        yield entry.pw_name
        full_name = entry.pw_gecos.partition(",")[0]
        yield full_name
        yield from full_name.split()


def _accounts(report: dict[str, Any]) -> Iterator[str]:
    """Whom the probe names in remedies."""
    for finding in report.get("npu", {}).get("findings", ()):
        if finding["name"] == "user" and not finding["value"].isdecimal():
            yield finding["value"]


def _hosts() -> Iterator[str]:
    yield from (os.environ.get(name, "") for name in _VARIABLES[4:])
    for name in (platform.node(), socket.gethostname()):
        yield name
        yield name.partition(".")[0]


def _folders() -> dict[str, str]:
    own = {
        str(locate.config_dir()): "<settings>",
        str(locate.data_dir()): "<data>",
        str(locate.cache_dir()): "<cache>",
        str(locate.shipped()): "<starling>",
        str(Path.home()): "~",
    }
    for name, stands_for in (("STARLING_HOME", "<starling home>"), ("STARLING_SYSROOT", "")):
        if os.environ.get(name):
            own[os.environ[name]] = stands_for
    return own | {str(Path(folder).resolve()): stands_for for folder, stands_for in own.items()}
