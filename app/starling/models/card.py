"""``starling.json``: what a model folder holds, and the hash of every file in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from starling.core.errors import StarlingError

CARD_FILE = "starling.json"
SCHEMA = 1

Kind = Literal["whisper-ct2", "whisper-onnx-npu", "kokoro"]
"""``whisper-onnx-npu`` is an encoder alone: its decoder is the ``whisper-ct2`` of the same weights."""
_KINDS = get_args(Kind)
_OF_CATALOGUE = ("catalogue", "revision", "pinned_at", "pinned_here")


@dataclass(frozen=True)
class FileRecord:
    """One file: hexadecimal SHA-256 and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class ModelCard:
    """A model's identity.

    Attributes:
        name: what people type.
        kind: ``whisper-ct2``, ``whisper-onnx-npu`` or ``kokoro``.
        short_context: the weights were trained for less than 30 s of context.
        multilingual: more than English.
        languages: ISO 639-1 codes; empty when unknown.
        n_mels: mel bins of the front end; 0 for voices, and when unknown.
        licence: SPDX identifier, or empty when unknown.
        origin: where the weights came from.
        starter: ships with Starling for demonstration; never picked unless named.
        catalogue: id of the catalogue's entry it was installed from; empty when it was imported.
        revision: of that entry.
        pinned_at: ISO date of the first download, where files had no hash in the catalogue.
        pinned_here: the downloaded files that were pinned then.
        files: by name inside the folder.
    """

    name: str
    kind: Kind
    short_context: bool = False
    multilingual: bool = False
    languages: tuple[str, ...] = ()
    n_mels: int = 0
    licence: str = ""
    origin: str = ""
    starter: bool = False
    catalogue: str = ""
    revision: str = ""
    pinned_at: str = ""
    pinned_here: tuple[str, ...] = ()
    files: Mapping[str, FileRecord] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """Size of all files together."""
        return sum(record.size for record in self.files.values())

    def to_json(self) -> dict[str, Any]:
        """The card as JSON values."""
        data = {"schema": SCHEMA, **asdict(self), "languages": list(self.languages)}
        data["pinned_here"] = list(self.pinned_here)
        # What an imported model has not is left out, so that a card from before is written with the same bytes.
        return {key: value for key, value in data.items() if value or key not in _OF_CATALOGUE}

    def write(self, folder: Path) -> None:
        """Write ``starling.json`` with the same bytes for the same card."""
        text = json.dumps(self.to_json(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        (folder / CARD_FILE).write_bytes(text.encode())

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ModelCard:
        """The inverse of :meth:`to_json`; raises KeyError, TypeError or ValueError on anything else."""
        if data["schema"] != SCHEMA or data["kind"] not in _KINDS:
            raise ValueError
        fields = {key: value for key, value in data.items() if key in cls.__dataclass_fields__}
        fields["languages"] = tuple(str(code) for code in data.get("languages", ()))
        fields["pinned_here"] = tuple(str(name) for name in data.get("pinned_here", ()))
        fields["files"] = {plain_name(name): _record(entry) for name, entry in data["files"].items()}
        card = cls(**fields)
        if not isinstance(card.name, str) or not card.name or not card.files:
            raise ValueError
        return card

    @classmethod
    def read(cls, folder: Path) -> ModelCard:
        """Read ``folder/starling.json``.

        Raises:
            StarlingError: ``model.bad_card``, ``model.newer_card``, ``model.unreadable``.
            FileNotFoundError, NotADirectoryError: there is no card.
        """
        path = folder / CARD_FILE
        again = "Install the model again."
        try:
            data = json.loads(path.read_bytes())
            schema = data["schema"]
            if isinstance(schema, int) and schema > SCHEMA:
                raise StarlingError(
                    "model.newer_card", f"{path} was written by a newer version of Starling.", "Update Starling."
                )
            return cls.from_json(data)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise StarlingError("model.bad_card", f"{path} is damaged.", again) from None
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError as error:
            raise StarlingError("model.unreadable", f"{path} cannot be read: {error.strerror}.", again) from None


def plain_name(name: str) -> str:
    """A file name that cannot leave its folder: no separators, drives or dot names."""
    if not name or name in (".", "..") or any(character in name for character in "/\\:\0"):
        raise ValueError
    return name


def _record(entry: Mapping[str, Any]) -> FileRecord:
    sha256, size = entry["sha256"], entry["size"]
    if type(size) is not int or size < 0 or len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError
    return FileRecord(sha256, size)
