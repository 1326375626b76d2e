"""Profiles of applications: what may stand in one, and its lines in the file. Pure."""

from __future__ import annotations

import json
from typing import Any

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import WAYS
from starling.dictation.insertion.chords import CHORDS
from starling.dictation.text import entries
from starling.dictation.text.rules import NEWLINES, Profile, Replacement

SWITCHED = ("formatting", "numbers", "capitals", "trailing_space")
MOST_NAME = 200
"""Characters of an application's name."""
_FIELDS = frozenset((*SWITCHED, "application", "newline", "replacements", "way", "chord", "never"))


def checked_application(name: str) -> str:
    """An application's name or pattern as it is kept. Raises StarlingError ``dictation.bad_application``."""
    name = entries.plain(name)
    if not name or len(name) > MOST_NAME:
        raise StarlingError(
            "dictation.bad_application",
            f"{entries.shown(name)} is no name of an application.",
            "Give its window class or id, as xterm or *terminal*; the preferences can take the one in front.",
        )
    return name


def read(row: Any, replacements: tuple[Replacement, ...]) -> Profile:
    """A profile of the file. Raises TypeError for what is none."""
    if not isinstance(row, dict) or not isinstance(row.get("application"), str) or not row["application"].strip():
        raise TypeError
    if set(row) - _FIELDS or row.get("newline") not in (*NEWLINES, None):
        raise TypeError
    switches = {name: row[name] for name in (*SWITCHED, "never") if name in row}
    if not all(isinstance(value, bool) for value in switches.values()):
        raise TypeError
    way, chord = row.get("way", ""), row.get("chord", "")
    if way not in ("", *WAYS) or chord not in ("", *CHORDS):
        raise TypeError
    return Profile(
        row["application"], **switches, newline=row.get("newline"), replacements=replacements, way=way, chord=chord
    )


def written(profile: Profile) -> str:
    """The lines of a profile; what is as everywhere is left out."""
    lines = [f"application = {_quoted(profile.application)}"]
    lines += [f"{name} = {_word(value)}" for name in SWITCHED if (value := getattr(profile, name)) is not None]
    texts = (("newline", profile.newline or ""), ("way", profile.way), ("chord", profile.chord))
    lines += [f"{name} = {_quoted(text)}" for name, text in texts if text]
    lines += ["never = true"] if profile.never else []
    if profile.replacements:
        pairs = (f"    [{_quoted(one.heard)}, {_quoted(one.written)}],\n" for one in profile.replacements)
        lines.append("replacements = [\n" + "".join(pairs) + "]")
    return "[[profile]]\n" + "\n".join(lines) + "\n"


def to_json(profile: Profile) -> dict[str, Any]:
    """A profile for scripts; None is as everywhere."""
    return {
        "application": profile.application,
        "way": profile.way or None,
        "chord": profile.chord or None,
        "never": profile.never,
        **{name: getattr(profile, name) for name in SWITCHED},
        "newline": profile.newline,
        "replacements": [{"heard": one.heard, "written": one.written} for one in profile.replacements],
    }


def _word(on: bool) -> str:
    return "true" if on else "false"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "")
