"""Global keys in the desktop section of ``starling doctor``: as the running Starling hears them, or as one would."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starling.core.errors import StarlingError
from starling.pipeline import globalkeys
from starling.remote import client
from starling.settings.store import Settings

NOT_RUNNING = frozenset({"remote.not_running", "remote.stale"})


def section(loaded: Settings) -> dict[str, Any]:
    """``keys`` as :class:`starling.pipeline.events.KeysShown`, with ``running``; and what is wrong with them."""
    keys = {**asdict(globalkeys.expected(loaded.get)), "running": False}
    try:
        told = client.ask({"command": "state"}).get("keys")
        if isinstance(told, dict):
            keys = {**keys, **{name: told[name] for name in keys if name in told}, "running": True}
    except StarlingError as error:
        if error.code not in NOT_RUNNING:
            keys["problem"], keys["fix"] = error.message, error.fix
    return keys


def lines(keys: dict[str, Any]) -> list[str]:
    """For people."""
    words = {"x11": "grabbed on X11", "portal": "by the desktop's portal", "command": "by a command", "off": "none"}
    way = words.get(str(keys["way"]), "")
    heard = str(keys["binding"]) or ("not heard now" if keys["running"] else "no Starling window is running")
    told = [f"global keys: {way} ({heard})"]
    if keys["lines"]:
        told += [f"  {keys['advice']}", *(f"    {line}" for line in keys["lines"])]
    return told
