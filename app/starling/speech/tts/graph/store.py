"""What was made of a Kokoro model's graph and measured of it on this machine: below the cache, beside nothing else.

The installed file is never changed. A folder's name holds what it depends on, so nothing in it is ever out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starling import locate
from starling.core.errors import StarlingError
from starling.models.hashing import file_record
from starling.models.identity import model_hash
from starling.models.library import info_of
from starling.models.onnx_files import external_files
from starling.models.writing import whole_file
from starling.npu.proof.machine import machine_name
from starling.speech.tts.graph.model import Model
from starling.speech.tts.graph.wire import Damaged

EDITS_VERSION = 1
"""Of the code that edits graphs: another number makes everything again."""
TUNED = "tuned.json"
NOT_EDITABLE = "tts.not_editable"
_READ_LIMIT = 1 << 20
_CHARACTERS = 16


def place(folder: Path, *, onnxruntime: str) -> Path:
    """The folder for a model's folder, this machine and this ONNX Runtime; it may not exist."""
    parts = json.dumps([model_hash(info_of(folder)), EDITS_VERSION, onnxruntime, machine_name()])
    return locate.cache_dir() / "kokoro" / hashlib.sha256(parts.encode()).hexdigest()[:_CHARACTERS]


def read_model(path: Path) -> Model:
    """A model's graph, to be edited.

    Raises:
        StarlingError: ``tts.not_editable``.
    """
    if external_files(path):
        raise _not_editable(path, "its weights are in another file")
    try:
        return Model.decode(path.read_bytes())
    except Damaged as error:
        raise _not_editable(path, str(error)) from error
    except OSError as error:
        raise _not_editable(path, error.strerror or str(error)) from error


def write_model(path: Path, model: Model) -> str:
    """Write a graph below the cache; its SHA-256. Raises StarlingError when it cannot be written."""
    data = model.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, len(data)) as part:
        part.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def keep(folder: Path, record: Mapping[str, Any]) -> None:
    """Keep what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1).encode()
    with whole_file(folder / TUNED, len(text)) as part:
        part.write_bytes(text)


def kept(folder: Path) -> dict[str, Any]:
    """What was measured; empty when nothing was, or the file is none."""
    try:
        with (folder / TUNED).open("rb") as file:
            data = json.loads(file.read(_READ_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def tuned_model(folder: Path) -> Path | None:
    """The edited model that was measured to be better, if its file is what was measured."""
    chosen = kept(folder).get("chosen")
    if not isinstance(chosen, dict) or not isinstance(chosen.get("file"), str):
        return None
    path = folder / Path(chosen["file"]).name
    try:
        return path if file_record(path).sha256 == chosen.get("sha256") else None
    except (OSError, StarlingError):
        return None


def edits_of(folder: Path) -> list[str]:
    """The edits of the model that was chosen; empty when the installed one is used."""
    chosen = kept(folder).get("chosen")
    found = chosen.get("edits") if isinstance(chosen, dict) else None
    return [str(name) for name in found] if isinstance(found, list) else []


def at_once(folder: Path) -> int:
    """Clauses to make at a time, as it was measured; 1 when it was not."""
    found = kept(folder).get("at_once")
    number = found.get("number") if isinstance(found, dict) else 1
    return 2 if number == 2 else 1


def _not_editable(path: Path, why: str) -> StarlingError:
    return StarlingError(NOT_EDITABLE, f"The graph of {path} cannot be edited: {why}.", "It is used as it is.")
