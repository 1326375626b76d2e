"""Reads what xrt-smi prints for people; its tables and keys changed from version to version."""

from __future__ import annotations

from collections.abc import Iterator

from starling.core.foreign import one_line
from starling.npu.probe.smi_report import SmiContext, SmiDevice, SmiReport, known, mode, number, numbers, watts

Row = list[str]
POWER_MODE_KEYS = ("power mode", "performance mode")
POWER_KEYS = ("estimated power", "power")
NO_CONTEXTS = "No hardware contexts running on device"
NO_DEVICES = "0 devices found"
DRIVER_WORDS = ("amdxdna", "npu driver", "xocl", "virtio-pci")
LINE_LIMIT = 2000
"""Characters of a line that are looked at; the longest printed one has under 200."""


def parse(text: str) -> SmiReport:
    """Any report, also several after each other; an empty report for anything else. Never raises."""
    lines = [line[:LINE_LIMIT] for line in text.splitlines()]
    pairs = [pair for pair in map(_pair, lines) if pair is not None]
    contexts = tuple(_contexts(lines))
    return SmiReport(
        xrt_version=_xrt_version(pairs),
        kernel=_first(pairs, ("release",)),
        drivers=tuple(_drivers(pairs)),
        firmware=_first(pairs, ("npu firmware version",)),
        devices=_devices(lines),
        power_mode=next((word for key, value in pairs if key in POWER_MODE_KEYS and (word := mode(value))), ""),
        columns=number(_first(pairs, ("total columns",))),
        power_w=watts(_first(pairs, POWER_KEYS)),
        contexts=contexts if contexts or any(NO_CONTEXTS in line for line in lines) else None,
        error=next((error for line in lines if (error := _error(line))), ""),
    )


def _pair(line: str) -> tuple[str, str] | None:
    key, colon, value = line.partition(":")
    key = " ".join(key.split()).lower()
    if not colon or not key or key.startswith(("|", "[", "-")):
        return None
    return key, value.strip()


def _first(pairs: list[tuple[str, str]], keys: tuple[str, ...]) -> str:
    return next((known(value) for key, value in pairs if key in keys and known(value)), "")


def _xrt_version(pairs: list[tuple[str, str]]) -> str:
    return _first(pairs, ("version",)) or _first(pairs, ("xrt build version",))


def _drivers(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for key, value in pairs:
        name = key.removesuffix(" version")
        if name in DRIVER_WORDS and known(value):
            yield name, known(value.partition(",")[0])


def _devices(lines: list[str]) -> tuple[SmiDevice, ...] | None:
    """Rows ``|[bdf]  |name  |…``, the older ``[bdf]  :  name``, which also heads other reports."""
    found: dict[str, SmiDevice] = {}
    for line in lines:
        bdf, _, rest = line.strip().lstrip("|").partition("]")
        if not bdf.startswith("[") or not _is_bdf(bdf[1:]):
            continue
        name = rest.strip().lstrip("|:").partition("|")[0].strip()
        found.setdefault(bdf[1:], SmiDevice(bdf[1:], known(name)))
    if found or any(NO_DEVICES in line for line in lines):
        return tuple(found.values())
    return None


def _is_bdf(text: str) -> bool:
    parts = text.replace(".", ":").split(":")
    return len(parts) in (3, 4) and all(part and all(digit in "0123456789abcdefABCDEF" for digit in part)
                                        for part in parts)  # fmt: skip


def _error(line: str) -> str:
    for mark in ("ERROR:", "Error:"):
        if mark in line:
            return one_line(line.partition(mark)[2], 300)
    return ""


def _contexts(lines: list[str]) -> Iterator[SmiContext]:
    """Tables with a column PID: one row a context, or several lines a context as the header has."""
    columns: tuple[int, ...] = ()
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        if line.startswith("Columns:"):
            columns = numbers(line.partition(":")[2])
        if _cells(line)[:1] == ["PID"]:
            table: list[Row | None] = []
            while index < len(lines) and lines[index].strip().startswith("|"):
                table.append(_row(lines[index].strip()))
                index += 1
            yield from _table(table, columns)
        else:
            index += 1


def _cells(line: str) -> Row:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []


def _row(line: str) -> Row | None:
    """The cells; None for a rule."""
    return None if set(line) <= set("|-=+ ") and set(line) & set("-=") else _cells(line)


def _table(table: list[Row | None], columns: tuple[int, ...]) -> Iterator[SmiContext]:
    if None not in table:
        return
    end = table.index(None)
    header = [row for row in table[:end] if row is not None]
    record: list[Row] = []
    for row in [*table[end + 1 :], None]:
        if row is not None:
            record.append(row)
        if record and (row is None or len(record) == len(header)):
            context = _context(_values(header, record), columns)
            record = []
            if context is not None:
                yield context


def _values(header: list[Row], record: list[Row]) -> dict[str, str]:
    return {
        name.lower(): value
        for names, values in zip(header, record, strict=False)
        for name, value in zip(names, values, strict=False)
        if name
    }


def _context(values: dict[str, str], columns: tuple[int, ...]) -> SmiContext | None:
    pid = number(values.get("pid"))
    if pid is None:
        return None
    return SmiContext(
        pid=pid,
        context_id=known(values.get("ctx id")),
        status=known(values.get("status")),
        columns=columns,
        submissions=number(values.get("submissions", values.get("sub"))),
        completions=number(values.get("completions", values.get("compl"))),
        errors=number(values.get("err")),
    )
