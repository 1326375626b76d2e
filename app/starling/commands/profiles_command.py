"""``starling profiles``: what differs in single applications: insertion, paste chord, formatting, never typed into."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from starling.commands.dictation_lists import report, tell
from starling.commands.options import add_json
from starling.core.errors import StarlingError
from starling.dictation.insertion.base import WAYS
from starling.dictation.insertion.chords import CHORDS
from starling.dictation.text import profile_rows, profiles, store
from starling.dictation.text.rules import NEWLINES, Profile

DEFAULT = "default"
_SWITCHES = {
    "formatting": "spoken punctuation is written",
    "numbers": "numbers are written in digits",
    "capitals": "sentences begin with a capital",
    "space": "a text ends with a space",
}
_FIELDS = {"space": "trailing_space"}
_ONOFF = {"on": True, "off": False, DEFAULT: None}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    declared = (
        ("list", run_list, "list the applications that have a profile"),
        ("show", run_show, "show what counts in an application, by its class or id"),
        ("set", run_set, "make a profile, or change what is given of it"),
        ("remove", run_remove, "remove profiles"),
    )
    for name, run, summary in declared:
        sub = actions.add_parser(name, help=summary, description=summary.capitalize() + ".")
        sub.set_defaults(run=run)
        add_json(sub)
        if name == "remove":
            sub.add_argument("applications", nargs="+", metavar="APPLICATION")
        elif name != "list":
            sub.add_argument(
                "application", metavar="APPLICATION", help="window class or id, as xterm; * stands for any"
            )
        if name == "set":
            _add_options(sub)


def _add_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--way", choices=(DEFAULT, *WAYS), help="way of insertion")
    sub.add_argument("--chord", choices=(DEFAULT, *CHORDS), help="keys that paste")
    sub.add_argument("--newline", choices=(DEFAULT, *NEWLINES), help="what becomes of a new line")
    for name, summary in _SWITCHES.items():
        sub.add_argument(f"--{name}", choices=tuple(_ONOFF), help=summary)
    sub.add_argument("--never", choices=("on", "off"), help="nothing is typed there")


def run_list(options: argparse.Namespace) -> int:
    """List them in the order in which they are tried."""
    found = store.read_profiles(store.folder(), tell)
    if options.json:
        file = str(store.folder() / f"{store.PROFILES}.toml")
        report({"profiles": [profile_rows.to_json(one) for one in found], "file": file})
    else:
        print("".join(f"{_line(one)}\n" for one in found) or "No application has a profile yet.\n", end="")
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Show the profile of that name, else the one that counts in such an application."""
    found = store.read_profiles(store.folder(), tell)
    key = profiles.key_of(options.application)
    named = (one for one in found if profiles.key_of(one.application) == key)
    profile = next(named, None) or next((one for one in found if one.fits(options.application)), None)
    if profile is None:
        raise profiles.not_there(options.application, found)
    _told(options, profile)
    return 0


def run_set(options: argparse.Namespace) -> int:
    """Change what is given; the rest stays."""
    name = profile_rows.checked_application(options.application)
    given = _given(options)
    if not given:
        raise StarlingError(
            "dictation.nothing_given",
            "Nothing is given that the profile is to change.",
            "Add an option, as --way paste or --never on; starling profiles set --help lists them.",
        )
    _told(options, profiles.put(store.folder(), name, lambda profile: replace(profile, **given)))
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """Remove profiles; none goes when one is not there."""
    removed = profiles.remove(store.folder(), options.applications)
    if options.json:
        report({"removed": [profile_rows.to_json(one) for _, one in removed]})
    else:
        print(f"Removed {len(removed)} profile{'' if len(removed) == 1 else 's'}.")
    return 0


def _given(options: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in ("way", "chord"):
        if (text := getattr(options, name)) is not None:
            given[name] = "" if text == DEFAULT else text
    if options.newline is not None:
        given["newline"] = None if options.newline == DEFAULT else options.newline
    for name in _SWITCHES:
        if (word := getattr(options, name)) is not None:
            given[_FIELDS.get(name, name)] = _ONOFF[word]
    if options.never is not None:
        given["never"] = options.never == "on"
    return given


def _told(options: argparse.Namespace, profile: Profile) -> None:
    if options.json:
        report({"profile": profile_rows.to_json(profile)})
    else:
        print(_line(profile))


def _line(profile: Profile) -> str:
    words = ["never typed into"] if profile.never else []
    words += [f"{name} {text}" for name in ("way", "chord") if (text := getattr(profile, name))]
    switched = ((name, getattr(profile, _FIELDS.get(name, name))) for name in _SWITCHES)
    words += [f"{name} {'on' if value else 'off'}" for name, value in switched if value is not None]
    words += [f"newline {profile.newline}"] if profile.newline else []
    count = len(profile.replacements)
    words += [f"{count} replacement{'' if count == 1 else 's'}"] if count else []
    return f"{profile.application}\t{', '.join(words) or 'as everywhere'}"
