"""Lists from other programs and for them: TXT with one entry a line, CSV with two columns, JSON. Pure over bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from starling.core.errors import StarlingError
from starling.dictation.text import entries
from starling.dictation.text.rules import Replacement

Format = Literal["txt", "csv", "json"]
FORMATS: tuple[Format, ...] = ("txt", "csv", "json")
MOST_BYTES = 8 * 1024 * 1024
_HEADERS = ("heard", "from", "spoken", "word", "phrase", "original", "replace", "vocabulary")
_ARROWS = ("\t", "=>", "->", "→", "=")
_COLUMNS = 2
_MOST_NOTES = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Imported(Generic[T]):
    """What a file held.

    Attributes:
        found: the entries, each once, in their order.
        notes: what was repaired, and what was left out with its reason, in words.
        left_out: how many entries were.
    """

    found: tuple[T, ...]
    notes: tuple[str, ...] = ()
    left_out: int = 0


def format_of(name: str) -> Format:
    """The format that a file's name says. Raises StarlingError ``dictation.unknown_format``."""
    ending = name.rpartition(".")[2].lower()
    for known in FORMATS:
        if ending == known or (known == "csv" and ending == "tsv"):
            return known
    raise StarlingError(
        "dictation.unknown_format",
        "The file's name does not say whether it is TXT, CSV or JSON.",
        "Give it such an ending or name the format.",
    )


def read_words(data: bytes, kind: Format) -> Imported[str]:
    """The vocabulary of a file. Raises StarlingError ``dictation.not_a_list``."""
    text, notes = decoded(data)
    return _collected([row[0] for row in _rows(text, kind, 1)], entries.checked_word, notes)


def read_phrases(data: bytes, kind: Format) -> Imported[str]:
    """The blocked phrases of a file. Raises StarlingError ``dictation.not_a_list``."""
    text, notes = decoded(data)
    return _collected([row[0] for row in _rows(text, kind, 1)], entries.checked_phrase, notes)


def read_replacements(data: bytes, kind: Format) -> Imported[Replacement]:
    """Replacements of a file. Raises StarlingError ``dictation.not_a_list``."""
    text, notes = decoded(data)

    def check(row: tuple[str, ...]) -> Replacement:
        if len(row) < _COLUMNS:
            what = f"{entries.shown(row[0])} says not what is written instead."
            raise StarlingError("dictation.bad_replacement", what)
        return entries.checked_replacement(row[0], row[1].replace("\\n", "\n"))

    return _collected(_rows(text, kind, _COLUMNS), check, notes)


def write_words(words: Sequence[str], kind: Format) -> str:
    """A vocabulary as a file's contents."""
    if kind == "json":
        return json.dumps({"vocabulary": list(words)}, ensure_ascii=False, indent=2) + "\n"
    return "".join(f"{word}\n" for word in words) if kind == "txt" else _csv([("word",), *((word,) for word in words)])


def write_replacements(replacements: Sequence[Replacement], kind: Format) -> str:
    """Replacements as a file's contents; a line break is a backslash and an ``n`` in TXT and CSV."""
    if kind == "json":
        rows = [{"heard": one.heard, "written": one.written} for one in replacements]
        return json.dumps({"replacements": rows}, ensure_ascii=False, indent=2) + "\n"
    pairs = [(one.heard, one.written.replace("\n", "\\n")) for one in replacements]
    return (
        "".join(f"{heard}\t{written}\n" for heard, written in pairs)
        if kind == "txt"
        else _csv([("heard", "written"), *pairs])
    )


def decoded(data: bytes) -> tuple[str, list[str]]:
    """A file's text, and what had to be done for it. Raises StarlingError ``dictation.not_a_list``."""
    if len(data) > MOST_BYTES:
        raise _not_a_list(f"The file has {len(data) / 1e6:.0f} MB; a list of words has no more than 8.")
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), []
    if b"\x00" in data:
        raise _not_a_list("The file is no text.")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), ["The file was not in UTF-8; it was read as Windows-1252."]


def _collected(rows: Iterable[Any], check: Callable[[Any], T], notes: list[str]) -> Imported[T]:
    found: dict[T, None] = {}
    reasons: list[str] = []
    for row in rows:
        try:
            found[check(row)] = None
        except StarlingError as error:
            reasons.append(error.message)
    more = len(found) - entries.MOST_ENTRIES
    if more > 0:
        reasons.append(f"{more} entries are too many; {entries.MOST_ENTRIES} are allowed.")
    shown = reasons[:_MOST_NOTES] + ([f"And {len(reasons) - _MOST_NOTES} more."] if len(reasons) > _MOST_NOTES else [])
    left_out = len(reasons) + max(0, more) - (more > 0)
    return Imported(tuple(found)[: entries.MOST_ENTRIES], (*notes, *shown), left_out)


def _rows(text: str, kind: Format, columns: int) -> list[tuple[str, ...]]:
    if kind == "json":
        return _json_rows(text, columns)
    if kind == "txt":
        lines = [line for line in text.splitlines() if line.strip()]
        return [_split(line) if columns == _COLUMNS else (line,) for line in lines]
    return _csv_rows(text)


def _split(line: str) -> tuple[str, ...]:
    for arrow in _ARROWS:
        heard, found, written = line.partition(arrow)
        if found and heard.strip():
            return heard, written.strip()
    return (line,)


def _csv_rows(text: str) -> list[tuple[str, ...]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t;,", key=first.count)  # the comma where none of them is there
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error as error:
        raise _not_a_list(f"The file is no CSV: {error}.") from None
    return rows[1:] if rows and rows[0][0].strip().lower() in _HEADERS else rows


def _json_rows(text: str, columns: int) -> list[tuple[str, ...]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_a_list("The file is no JSON.") from None
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        pairs = [(name, value) for name, value in data.items() if isinstance(value, str)]
        data = lists[0] if len(lists) == 1 else pairs if columns == _COLUMNS and len(pairs) == len(data) else None
    if not isinstance(data, list):
        raise _not_a_list("The JSON file holds no list of entries.")
    return [_json_row(row) for row in data]


def _json_row(row: Any) -> tuple[str, ...]:
    if isinstance(row, str):
        return (row,)
    if isinstance(row, dict):
        heard = next((row[name] for name in (*_HEADERS, "text") if isinstance(row.get(name), str)), "")
        written = next((row[name] for name in ("written", "to", "replacement") if isinstance(row.get(name), str)), None)
        return (heard,) if written is None else (heard, written)
    if isinstance(row, list | tuple) and row and all(isinstance(part, str) for part in row):
        return tuple(row)
    return ("",)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _not_a_list(what: str) -> StarlingError:
    return StarlingError("dictation.not_a_list", what, "Give a TXT, CSV or JSON file in UTF-8 with one entry a line.")
