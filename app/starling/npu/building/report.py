"""One file that a person can attach to an issue: versions, plan, results, compilers' errors. Nothing private."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import Any

from starling import __version__
from starling.core.errors import StarlingError
from starling.npu.building import cache

LOG_TAIL = 8000
"""Characters of each tool's output."""


def make(
    npu: dict[str, str], tools: dict[str, Any], plan: dict[str, Any], results: list[dict[str, Any]]
) -> dict[str, Any]:
    """The report; every text in it is scrubbed."""
    contents = {
        "starling": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "npu": npu,
        "toolchain": tools,
        "plan": plan,
        "results": results,
        "failures": failures(),
    }
    return json.loads(scrubbed(json.dumps(contents)))  # type: ignore[no-any-return]


def failures() -> dict[str, str]:
    """What the tools wrote in steps that did not end well, of builds that are not finished."""
    found = {}
    work = cache.root() / cache.WORK
    for log in sorted(work.glob(f"*/{cache.STEPS}/*.log")) if work.is_dir() else ():
        if not log.with_suffix(".done").exists():
            try:
                found[log.name] = log.read_bytes().decode("utf-8", "replace")[-LOG_TAIL:]
            except OSError:
                continue
    return found


def scrubbed(text: str) -> str:
    """Without the user's folder and name."""
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    text = text.replace(str(cache.root()), "CACHE")
    user = os.environ.get("USER") or os.environ.get("USERNAME") or ""
    text = re.sub(r"/(home|Users)/[^/\s\"']+", r"/\1/USER", text)
    return re.sub(rf"\b{re.escape(user)}\b", "USER", text) if len(user) > 2 and user != "root" else text


def write(path: Path, contents: dict[str, Any]) -> None:
    """As JSON, or as text when the name does not end in ``.json``.

    Raises:
        StarlingError: ``npu.report_file``.
    """
    text = json.dumps(contents, indent=2, ensure_ascii=False) if path.suffix == ".json" else "\n".join(_lines(contents))
    try:
        path.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise StarlingError(
            "npu.report_file", f"{path} cannot be written: {error.strerror}.", "Name another file."
        ) from None


def _lines(value: Any, indent: int = 0) -> list[str]:
    space = "  " * indent
    if isinstance(value, dict):
        lines = []
        for key, entry in value.items():
            if isinstance(entry, dict | list) and entry:
                lines += [f"{space}{key}:", *_lines(entry, indent + 1)]
            else:
                text = str(entry).replace("\n", f"\n{space}    ")
                lines.append(f"{space}{key}: {text}")
        return lines
    if isinstance(value, list):
        return [line for entry in value for line in (_lines(entry, indent + 1) or [""])]
    return [f"{space}- {value}"]
