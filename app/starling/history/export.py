"""The history as a file: plain text, JSON, subtitles or a table."""

from __future__ import annotations

import csv
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from starling.core.errors import StarlingError
from starling.history.faults import told
from starling.history.records import Utterance

Format = Literal["txt", "json", "srt", "csv"]
FORMATS: tuple[Format, ...] = ("txt", "json", "srt", "csv")
COLUMNS = ("time", "mode", "state", "text", "reply", "seconds", "recogniser", "model", "way", "application", "reason")
TYPED_S = 2.0
"""How long a subtitle of what was typed is shown."""
_FORMULA = re.compile(r"^[\s]*[=+\-@＝＋－＠\t\r]")  # noqa: RUF001
"""What a spreadsheet takes for a formula, full-width forms included."""
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def format_of(path: Path, wanted: str = "") -> Format:
    """The format that is wanted, or that a file's name says.

    Raises:
        StarlingError: ``history.format``.
    """
    name = (wanted or path.suffix.lstrip(".")).lower()
    if name not in FORMATS:
        what = f"{name!r} is no format of an export." if name else f"{path.name!r} does not say its format."
        raise StarlingError("history.format", what, f"Use one of {', '.join(FORMATS)}.")
    return name


def file_name(found: str, moment: datetime, kind: Format) -> str:
    """A name for a file of what was found, safe on every system."""
    part = re.sub(r"[\s.]+", "-", _UNSAFE.sub(" ", found).strip())[:40].strip("-")
    if _RESERVED.match(part):
        part = f"{part}-"
    return "-".join(piece for piece in ("starling", part, f"{moment:%Y-%m-%d}") if piece) + f".{kind}"


def export(entries: Iterable[Utterance], path: Path, kind: Format, *, overwrite: bool = False) -> int:
    """Write entries, oldest first; the file appears whole or not at all, for its owner's eyes. Returns how many.

    Raises:
        StarlingError: ``history.exists``, ``history.disk_full``, ``history.unwritable``.
    """
    if path.is_dir():
        raise StarlingError("history.exists", f"{path} is a folder.", "Name a file in it.")
    if path.exists() and not overwrite:
        raise StarlingError("history.exists", f"{path} exists already.", "Choose another name, or overwrite it.")
    part = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")
    encoding = "utf-8-sig" if kind == "csv" else "utf-8"  # without the mark, spreadsheets guess another encoding
    with told(path.parent):
        try:
            number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(number, "w", encoding=encoding, errors="replace", newline="") as file:
                count = _WRITERS[kind](entries, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return count


def to_json(entry: Utterance) -> dict[str, Any]:
    """An entry for scripts."""
    return {
        "id": entry.id,
        "time": _moment(entry).isoformat(timespec="milliseconds"),
        "unix_time": entry.started_at,
        "mode": entry.mode,
        "state": entry.state,
        "text": entry.text,
        "replies": [{"text": reply.text, "tier": reply.tier, "voice": reply.voice} for reply in entry.replies],
        "audio_s": entry.audio_s,
        "tier": entry.tier,
        "model": entry.model,
        "language": entry.transcript.language if entry.transcript else "",
        "error_code": entry.error_code,
        "reason": entry.reason,
        "way": entry.way,
        "application": entry.application,
    }


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe comes before what would be one."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _moment(entry: Utterance) -> datetime:
    return datetime.fromtimestamp(entry.started_at).astimezone()


def _text(entries: Iterable[Utterance], file: IO[str]) -> int:
    count, day = 0, ""
    for count, entry in enumerate(entries, 1):
        moment = _moment(entry)
        if f"{moment:%Y-%m-%d}" != day:
            day = f"{moment:%Y-%m-%d}"
            file.write(f"{'' if count == 1 else os.linesep}{day}{os.linesep}")
        said = entry.text or f"({entry.state})"
        lines = [f"{moment:%H:%M:%S}  {said}", *(f"          → {reply.text}" for reply in entry.replies)]
        file.writelines(f"{line}{os.linesep}" for line in lines)
    return count


def _json(entries: Iterable[Utterance], file: IO[str]) -> int:
    count = 0
    file.write('{"format": "starling history", "version": 1, "entries": [')
    for count, entry in enumerate(entries, 1):
        file.write(",\n" if count > 1 else "\n")
        json.dump(to_json(entry), file, ensure_ascii=False)
    file.write("\n]}\n")
    return count


def _table(entries: Iterable[Utterance], file: IO[str]) -> int:
    count, writer = 0, csv.writer(file, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    for entry in entries:
        count += 1
        replies = "\n".join(reply.text for reply in entry.replies)
        time, seconds = _moment(entry).isoformat(sep=" ", timespec="seconds"), f"{entry.audio_s:.2f}"
        cells = (time, entry.mode, entry.state, entry.text, replies, seconds, entry.tier, entry.model, entry.way,
                 entry.application, entry.reason)  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    return count


def _subtitles(entries: Iterable[Utterance], file: IO[str]) -> int:
    """What was said, from the beginning of the first on. Replies have no times of their own and are left out."""
    count, zero = 0, 0.0
    for entry, following in _pairs(entry for entry in entries if entry.text.strip()):
        count += 1
        zero = zero if count > 1 else entry.started_at
        begin = entry.started_at - zero
        end = begin + (entry.audio_s or TYPED_S)
        if following is not None:
            end = max(begin, min(end, following.started_at - zero))
        lines = [line for line in entry.text.splitlines() if line.strip()]  # an empty line would end the subtitle
        file.write(f"{count}\n{_stamp(begin)} --> {_stamp(end)}\n" + "\n".join(lines) + "\n\n")
    return count


def _pairs(entries: Iterable[Utterance]) -> Iterator[tuple[Utterance, Utterance | None]]:
    before: Utterance | None = None
    for entry in entries:
        if before is not None:
            yield before, entry
        before = entry
    if before is not None:
        yield before, None


def _stamp(seconds: float) -> str:
    whole = max(0, round(1000 * seconds))
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"


_WRITERS: dict[Format, Callable[[Iterable[Utterance], IO[str]], int]] = {
    "txt": _text,
    "json": _json,
    "srt": _subtitles,
    "csv": _table,
}
