"""A small JSON file that is written whole or not at all, and never overwritten when it cannot be read."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from starling.core.errors import StarlingError

Item = TypeVar("Item")


class JsonStore(Generic[Item]):
    """A list of items in ``{"schema": N, "items": [...]}``.

    A damaged file is set aside under another name. A file of a newer schema, or one that cannot be read, is left
    untouched and everything stays in memory: :attr:`notice` says so and :meth:`save` refuses.

    Args:
        path: the file.
        schema: the version this program writes.
        encode: makes an item JSON.
        decode: the inverse; raises KeyError, TypeError, ValueError or OverflowError for what is no item.
    """

    def __init__(
        self, path: Path, schema: int, encode: Callable[[Item], object], decode: Callable[[object], Item]
    ) -> None:
        self._path = path
        self._schema = schema
        self._encode = encode
        self._decode = decode
        self._locked = ""
        self.notice = ""

    def load(self) -> list[Item]:
        """The items; empty for a file that is missing, damaged, newer or unreadable (see :attr:`notice`)."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except UnicodeDecodeError:
            return self._set_aside()
        except OSError as error:
            return self._leave(f"{self._path.name} cannot be read: {error.strerror}.")
        try:
            data = json.loads(text)
            if data["schema"] > self._schema:
                return self._leave(f"{self._path.name} was written by a newer Starling; it is left as it is.")
            return [self._decode(item) for item in data["items"]]
        except (ValueError, OverflowError, KeyError, TypeError, RecursionError):
            return self._set_aside()

    def save(self, items: Sequence[Item]) -> None:
        """Replace the file's content in one step.

        Raises:
            StarlingError: ``assistant.not_saved``; the file still holds what it held before.
        """
        if self._locked:
            raise StarlingError("assistant.not_saved", self._locked, f"Update Starling or move {self._path} away.")
        content = json.dumps({"schema": self._schema, "items": [self._encode(item) for item in items]}, indent=1)
        try:
            self._replace(content)
        except OSError as error:
            message = f"{self._path.name} could not be written: {error.strerror}."
            fix = f"Free some disk space or check the folder {self._path.parent}."
            raise StarlingError("assistant.not_saved", message, fix) from error

    def _replace(self, content: str) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def _leave(self, reason: str) -> list[Item]:
        self._locked = self.notice = reason
        return []

    def _set_aside(self) -> list[Item]:
        for number in range(1, 1000):
            aside = self._path.with_name(f"{self._path.stem}.damaged-{number}{self._path.suffix}")
            if not aside.exists():
                break
        try:
            self._path.rename(aside)
        except OSError as error:
            return self._leave(f"{self._path.name} is damaged and cannot be renamed: {error.strerror}.")
        self.notice = f"{self._path.name} was damaged; it was kept as {aside.name}."
        return []
