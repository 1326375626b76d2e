"""What can be installed: ``resources/catalogue/models.toml``, typed and checked.

Each ``[[model]]`` has an ``id`` (also the name it is installed by), a ``title``, a ``kind``, ``languages`` (ISO 639-1
codes, or the name of a list under ``[languages]``), ``memory_mb`` (an estimate), an SPDX ``licence``, ``good_for``,
``short_context``, the ``tiers`` that can use it, ``repository`` and ``revision``, and its ``files``. ``unavailable``
says why an entry cannot be installed yet. An encoder alone names its ``decoders``: the ids of the same weights.

A file has a ``name``, its exact ``size`` or ``about`` how large it is, and a ``source``: the page where it was read. A
``sha256`` is never without one. A file without sha256 is pinned when it is first downloaded.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.models.card import Kind, plain_name

SCHEMA = 1
EntryKind = Literal["whisper-ct2", "whisper-safetensors", "whisper-onnx-npu", "kokoro"]
"""``whisper-safetensors`` is converted to ``whisper-ct2`` when it is installed."""

_HUGGING_FACE = "https://huggingface.co/"
_HEX = re.compile(r"[0-9a-f]{64}")
_KEYS = frozenset(
    "id title kind languages memory_mb licence good_for short_context tiers repository revision files".split()
)
_OPTIONAL = frozenset({"unavailable", "decoders"})
_FILE_KEYS = frozenset({"name", "size", "about", "sha256", "source", "url"})


@dataclass(frozen=True)
class CatalogueFile:
    """One file of an entry.

    Attributes:
        name: inside the model's folder.
        url: where it is downloaded from.
        source: the page where its pin, or its existence, was read.
        size: exact bytes; None when unknown.
        about: estimated bytes where ``size`` is None.
        sha256: hexadecimal; empty when it is pinned at its first download.
    """

    name: str
    url: str
    source: str
    size: int | None = None
    about: int = 0
    sha256: str = ""

    @property
    def bytes(self) -> int:
        """The exact size, or the estimate."""
        return self.about if self.size is None else self.size


@dataclass(frozen=True)
class Entry:
    """One model that can be installed, as the catalogue file describes it."""

    id: str
    title: str
    kind: EntryKind
    languages: tuple[str, ...]
    memory_mb: int
    licence: str
    good_for: str
    short_context: bool
    tiers: tuple[str, ...]
    repository: str
    revision: str
    files: tuple[CatalogueFile, ...]
    unavailable: str = ""
    decoders: tuple[str, ...] = ()

    @property
    def download_bytes(self) -> int:
        """All files together; an estimate unless :attr:`exact`."""
        return sum(file.bytes for file in self.files)

    @property
    def exact(self) -> bool:
        """Every size is known."""
        return all(file.size is not None for file in self.files)

    @property
    def pinned(self) -> bool:
        """Every file has a hash here, so nothing is taken on trust at the first download."""
        return all(file.sha256 for file in self.files)

    @property
    def installs_as(self) -> Kind:
        """The kind of the installed folder."""
        return "whisper-ct2" if self.kind == "whisper-safetensors" else self.kind


@dataclass(frozen=True)
class Catalogue:
    """Every entry, in the file's order."""

    entries: tuple[Entry, ...]

    def find(self, name: str) -> Entry | None:
        """The entry of that id."""
        return next((entry for entry in self.entries if entry.id == name), None)


def load(path: Path | None = None) -> Catalogue:
    """Read the catalogue that ships, or another one.

    Raises:
        StarlingError: ``catalogue.unreadable`` or ``catalogue.bad``, with what is wrong where.
    """
    path = path or shipped("resources", "catalogue", "models.toml")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StarlingError(
            "catalogue.unreadable", f"{path} cannot be read: {error.strerror}.", "Install Starling again."
        ) from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise _bad(str(path), f"is no TOML file: {error}") from None
    return parse(data)


def parse(data: Mapping[str, Any]) -> Catalogue:
    """The catalogue of a parsed file; pure.

    Raises:
        StarlingError: ``catalogue.bad``.
    """
    if data.get("schema") != SCHEMA:
        raise _bad("the catalogue", f"is not of schema {SCHEMA}")
    lists = data.get("languages", {})
    entries = tuple(_entry(table, lists) for table in data.get("model", ()))
    ids = [entry.id for entry in entries]
    if len(set(ids)) != len(ids):
        raise _bad("the catalogue", "names an id twice")
    return Catalogue(entries)


def _entry(table: Mapping[str, Any], lists: Mapping[str, list[str]]) -> Entry:
    where = str(table.get("id", "an entry"))
    missing, extra = _KEYS - table.keys(), table.keys() - _KEYS - _OPTIONAL
    if missing or extra:
        raise _bad(where, f"lacks {', '.join(sorted(missing))}" if missing else f"has {', '.join(sorted(extra))}")
    named = table["languages"]
    languages = lists.get(named) if isinstance(named, str) else named
    _texts(where, table, "id", "title", "licence", "good_for", "repository", "revision")
    if not languages or not table["tiers"] or not table["files"]:
        raise _bad(where, "has no languages, tiers or files")
    if table["kind"] not in get_args(EntryKind):
        raise _bad(where, f"is of the unknown kind {table['kind']!r}")
    if type(table["memory_mb"]) is not int or table["memory_mb"] <= 0 or type(table["short_context"]) is not bool:
        raise _bad(where, "has no whole memory_mb or no true or false as short_context")
    if not table["repository"].startswith("https://"):
        raise _bad(where, "has a repository that is not https")
    try:
        plain_name(table["id"])
    except ValueError:
        raise _bad(where, "has an id that is no file name") from None
    return Entry(
        **{key: table[key] for key in _KEYS - {"languages", "tiers", "files", "kind"}},
        kind=cast(EntryKind, table["kind"]),
        languages=tuple(languages),
        tiers=tuple(table["tiers"]),
        files=tuple(_file(where, entry, table["repository"], table["revision"]) for entry in table["files"]),
        unavailable=str(table.get("unavailable", "")),
        decoders=_decoders(where, table),
    )


def _decoders(where: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    given = table.get("decoders", [])
    encoder = table["kind"] == "whisper-onnx-npu"
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given) or bool(given) != encoder:
        raise _bad(where, "is an encoder without decoders, or has decoders and is none")
    return tuple(given)


def _file(where: str, table: Mapping[str, Any], repository: str, revision: str) -> CatalogueFile:
    _texts(where, table, "name", "source")
    name, size, about, sha256 = (table.get(key) for key in ("name", "size", "about", "sha256"))
    where = f"{where}/{name}"
    if extra := table.keys() - _FILE_KEYS:
        raise _bad(where, f"has {', '.join(sorted(extra))}")
    try:
        plain_name(str(name))
    except ValueError:
        raise _bad(where, "is no file name") from None
    if sum(type(value) is int and value > 0 for value in (size, about)) != 1:
        raise _bad(where, "needs either its exact size or about")
    if sha256 is not None and (not _HEX.fullmatch(str(sha256)) or size is None):
        raise _bad(where, "has a sha256 that is none, or one without an exact size")
    address = table.get("url") or _url(repository, revision, str(name))
    if not str(table["source"]).startswith("https://") or not str(address).startswith("https://"):
        raise _bad(where, "has a source or url that is not https")
    return CatalogueFile(str(name), str(address), str(table["source"]), size, about or 0, sha256 or "")


def _url(repository: str, revision: str, name: str) -> str:
    middle = f"/resolve/{revision}" if repository.startswith(_HUGGING_FACE) else ""
    return f"{repository}{middle}/{name}"


def _texts(where: str, table: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise _bad(where, f"has no {key}")


def _bad(where: str, what: str) -> StarlingError:
    return StarlingError("catalogue.bad", f"In the catalogue of models, {where} {what}.", "Install Starling again.")
