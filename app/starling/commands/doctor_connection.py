"""The section of ``starling doctor`` on the language model; there only if one is connected."""

from __future__ import annotations

from typing import Any

from starling.assistant.llm import finder, keys
from starling.assistant.llm.address import parse
from starling.settings.store import Settings


def connected(loaded: Settings) -> bool:
    """Whether a server is set."""
    return bool(loaded.read("assistant.llm_url", str).strip())


def section(loaded: Settings) -> dict[str, Any]:
    """Ask the server for its models. Raises StarlingError for an address that is none."""
    address = parse(loaded.read("assistant.llm_url", str))
    wanted = loaded.read("assistant.llm_model", str).strip()
    key = keys.find_if_needed(address)
    server = finder.look(address, key=key)
    reasons, fixes = [], []
    if server.error is not None:
        reasons.append(server.error.message)
        fixes.append(server.error.fix)
    elif wanted and wanted not in server.models:
        reasons.append(f"The server does not list the model {wanted}.")
        fixes.append("Install it there, or choose another: the setting assistant.llm_model.")
    elif not server.models:
        reasons.append("The server has no model.")
        fixes.append("Install one there.")
    return {
        "url": address.url,
        "local": address.local,
        "server": server.name,
        "evidence": list(server.evidence),
        "models": list(server.models),
        "model": wanted or next(iter(server.models), ""),
        "key": bool(key),
        "reasons": reasons,
        "fixes": [fix for fix in fixes if fix],
    }


def lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    where = "on this computer" if found["local"] else "elsewhere: what you ask leaves this computer"
    told = [f"{found['url']}, {where}"]
    if found["evidence"]:
        told.append(f"{found['server']}: {'; '.join(found['evidence'])}")
    if found["model"]:
        told.append(f"model: {found['model']}")
    return told
