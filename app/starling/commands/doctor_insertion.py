"""The ways of insertion in ``starling doctor``'s section on the desktop."""

from __future__ import annotations

from typing import Any

from starling.settings.store import Settings


def section(loaded: Settings) -> dict[str, Any]:
    """The session, each way with its availability, and what failed lately, without where."""
    from starling.pipeline.inserting import inserter

    tool = inserter(loaded.get)
    try:
        found = tool.availability()
    finally:
        tool.close()
    return {
        "session": {"kind": tool.session.kind, "compositor": tool.session.compositor},
        "ways": [{"name": name, "ok": told.ok, "reason": told.reason, "fix": told.fix} for name, told in found.items()],
        "failures": [{"way": failure.way, "code": failure.code} for failure in tool.memory.failures],
    }


def lines(report: dict[str, Any]) -> list[str]:
    """One line for what works, and one for each way that does not, with its remedy."""
    working = [way["name"] for way in report["ways"] if way["ok"]]
    if report["session"]["kind"] == "none":
        return ["insertion: there is no desktop session, texts go to the scratchpad"]
    found = [f"insertion: {', '.join(working) or 'nothing works, texts go to the scratchpad'}"]
    for way in report["ways"]:
        if not way["ok"] and way["fix"]:
            found.append(f"  {way['name']}: {way['reason']} {way['fix']}")
    return found
