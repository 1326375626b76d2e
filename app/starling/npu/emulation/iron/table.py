"""The committed table of IRON's names and signatures that designs may use."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("iron_signatures.toml")


@dataclass(frozen=True)
class Signature:
    """Of a class, function or method.

    Attributes:
        arguments: names, in order, those with a default as ``name=default``.
        file: of mlir-aie, that says so.
        commit: of that file.
        note: where the emulation takes less than IRON does.
    """

    arguments: tuple[str, ...]
    file: str
    commit: str
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Without defaults."""
        return tuple(argument.partition("=")[0] for argument in self.arguments)


@functools.cache
def table() -> dict[str, Signature]:
    """Name -> signature, methods as ``aie.iron.Class.method``."""
    data = tomllib.loads(TABLE.read_text("utf-8"))
    files = data["source"]
    found = {}
    for entry in data["signature"]:
        file, commit = files[entry["source"]]
        found[entry["name"]] = Signature(tuple(entry["arguments"]), file, commit, entry.get("note", ""))
    return found


def modules() -> dict[str, dict[str, Signature]]:
    """Module -> the names that a design may import from it."""
    found: dict[str, dict[str, Signature]] = {}
    for name, signature in table().items():
        parent, _, leaf = name.rpartition(".")
        if not parent.rpartition(".")[2][:1].isupper():
            found.setdefault(parent, {})[leaf] = signature
    return found


def methods() -> dict[str, list[Signature]]:
    """Name of a method -> its signatures."""
    found: dict[str, list[Signature]] = {}
    for name, signature in table().items():
        parent, _, leaf = name.rpartition(".")
        if parent.rpartition(".")[2][:1].isupper():
            found.setdefault(leaf, []).append(signature)
    return found
