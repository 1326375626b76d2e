"""Whether a value fits a declaration, and how to say so."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import Any

from starling.core.errors import StarlingError
from starling.settings.schema import Setting, Value

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotes"}
_SHOWN_CHARACTERS = 60


def allowed(setting: Setting) -> str:
    """What the setting takes, for people: ``a whole number from 200 to 3000 (ms)``."""
    if setting.choices:
        return "one of " + ", ".join(setting.choices)
    text = _KINDS[type(setting.default)]
    if setting.minimum is not None and setting.maximum is not None:
        text += f" from {setting.minimum:g} to {setting.maximum:g}"
    elif setting.minimum is not None:
        text += f", {setting.minimum:g} or more"
    elif setting.maximum is not None:
        text += f", {setting.maximum:g} or less"
    return f"{text} ({setting.unit})" if setting.unit else text


def checked(setting: Setting, value: Any) -> Value:
    """Return the value in the setting's type.

    Raises:
        StarlingError: ``settings.bad_value``; it names the setting, the value and what is allowed.
    """
    kind = type(setting.default)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or not _in_bounds(setting, value):
        raise StarlingError(
            "settings.bad_value",
            f"The setting {setting.key} is {shown(value)}; it takes {allowed(setting)}.",
            f"Change it or leave it out; the default is {shown(setting.default)}.",
        )
    result: Value = value
    return result


def _in_bounds(setting: Setting, value: Value) -> bool:
    if isinstance(value, str):
        return not setting.choices or value in setting.choices
    if isinstance(value, float) and not math.isfinite(value):
        return False
    lowest = -math.inf if setting.minimum is None else setting.minimum
    highest = math.inf if setting.maximum is None else setting.maximum
    return lowest <= value <= highest


def shown(value: Any) -> str:
    """The value as it stands in the file, cut to one short line."""
    text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def unknown(key: str, known: Iterable[str]) -> StarlingError:
    """The error for a key that nobody declared, with the near miss if there is one."""
    near = difflib.get_close_matches(key, list(known), n=1)
    fix = f"Did you mean {near[0]}?" if near else "docs/settings.md lists every setting."
    return StarlingError("settings.unknown", f"There is no setting {shown(key)[1:-1]}.", fix)
