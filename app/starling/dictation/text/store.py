"""The user's lists: four TOML files in one folder, read without fail and written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from starling import locate
from starling.core.errors import StarlingError
from starling.dictation.text import blocking, dictionary, entries, profile_rows
from starling.dictation.text.rules import Profile, Replacement, Switches, TextRules

VOCABULARY, REPLACEMENTS, BLOCKLIST, PROFILES = "vocabulary", "replacements", "blocklist", "profiles"
MOST_BYTES = 8 * 1024 * 1024
LOCK_TIMEOUT_S = 5.0
_HEADERS = {
    VOCABULARY: "Names and words of yours, as they are to be spelled.",
    REPLACEMENTS: "What is heard, and what is written instead. A * stands for any one word. The first that fits wins.",
    BLOCKLIST: "Sentences that are never written.",
    PROFILES: "What differs in single applications. The first profile that fits one counts.",
}

Tell = Callable[[StarlingError], None]


def folder() -> Path:
    """Where the user's lists are."""
    return locate.config_dir() / "dictation"


def load(place: Path, switches: Switches | None = None, tell: Tell = lambda error: None) -> TextRules:
    """Everything the user chose. A damaged file is set aside and told, a wrong entry is left out and told.

    Args:
        place: the folder; it need not exist.
        switches: the settings.
        tell: hears of what is wrong.
    """
    return TextRules(
        switches=switches or Switches(),
        replacements=tuple(read_replacements(place, tell)),
        vocabulary=tuple(read_vocabulary(place, tell)),
        blocklist=frozenset(map(blocking.key, read_blocklist(place, tell))),
        profiles=tuple(read_profiles(place, tell)),
        known=dictionary.known,
    )


def state_of(place: Path) -> tuple[tuple[int, int], ...]:
    """What changes when one of the files does: their times and sizes."""
    found = []
    for name in (VOCABULARY, REPLACEMENTS, BLOCKLIST, PROFILES):
        with contextlib.suppress(OSError):
            status = (place / f"{name}.toml").stat()
            found.append((status.st_mtime_ns, status.st_size))
            continue
        found.append((0, 0))
    return tuple(found)


def read_vocabulary(place: Path, tell: Tell) -> list[str]:
    """The user's words, each once."""
    return _texts(place, VOCABULARY, "words", entries.checked_word, tell) or []


def read_blocklist(place: Path, tell: Tell) -> list[str]:
    """The blocked phrases; what nobody dictates as long as the user has no list."""
    found = _texts(place, BLOCKLIST, "phrases", entries.checked_phrase, tell)
    return list(blocking.DEFAULT) if found is None else found


def read_replacements(place: Path, tell: Tell) -> list[Replacement]:
    """The replacements in their order."""
    rows = (_document(place, REPLACEMENTS, tell) or {}).get("replacement", [])
    return _replacements(rows, REPLACEMENTS, tell)


def no_tell(error: StarlingError) -> None:
    """For who has been told already."""


def read_profiles(place: Path, tell: Tell) -> list[Profile]:
    """The profiles in their order."""
    rows = (_document(place, PROFILES, tell) or {}).get("profile", [])
    found: list[Profile] = []
    for row in _list(rows, PROFILES, tell):
        with _told(PROFILES, tell):
            pairs = row.get("replacements", []) if isinstance(row, dict) else []
            found.append(profile_rows.read(row, tuple(_replacements(pairs, PROFILES, tell))))
    return found[: entries.MOST_ENTRIES]


def damaged(place: Path, name: str) -> Path | None:
    """The newest file of a list that was set aside, or None."""
    kept = [path for path in place.glob(f"{name}.damaged-*.toml") if path.stem.rpartition("-")[2].isdigit()]
    return max(kept, key=lambda path: int(path.stem.rpartition("-")[2]), default=None)


def write_profiles(place: Path, profiles: Sequence[Profile]) -> None:
    """Keep these profiles. Raises as :func:`write_vocabulary`."""
    _write(place, PROFILES, "\n".join(map(profile_rows.written, profiles)), len(profiles))


def write_vocabulary(place: Path, words: Sequence[str]) -> None:
    """Keep these words. Raises StarlingError ``dictation.unwritable``, ``dictation.too_many``."""
    _write(place, VOCABULARY, _array("words", words), len(words))


def write_blocklist(place: Path, phrases: Sequence[str]) -> None:
    """Keep these phrases. Raises as :func:`write_vocabulary`."""
    _write(place, BLOCKLIST, _array("phrases", phrases), len(phrases))


def write_replacements(place: Path, replacements: Sequence[Replacement]) -> None:
    """Keep these replacements. Raises as :func:`write_vocabulary`."""
    rows = (
        f"[[replacement]]\nheard = {_quoted(one.heard)}\nwritten = {_quoted(one.written)}\n" for one in replacements
    )
    _write(place, REPLACEMENTS, "\n".join(rows), len(replacements))


@contextlib.contextmanager
def changing(place: Path) -> Iterator[None]:
    """Keep other processes from changing the lists meanwhile. Raises ``dictation.unwritable``, ``dictation.busy``."""
    import filelock  # slow to import, and only a change needs it

    try:
        place.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(place / "lists.lock", timeout=LOCK_TIMEOUT_S):
            yield
    except filelock.Timeout as error:
        raise StarlingError(
            "dictation.busy", "Another program holds the lists of the dictation.", "Try again in a moment."
        ) from error
    except OSError as error:
        raise _unwritable(place, error) from error


def _texts(place: Path, name: str, field: str, check: Callable[[str], str], tell: Tell) -> list[str] | None:
    document = _document(place, name, tell)
    if document is None:
        return None
    found: dict[str, None] = {}
    for text in _list(document.get(field, []), name, tell):
        with _told(name, tell):
            found[check(_text(text))] = None
    return list(found)[: entries.MOST_ENTRIES]


def _replacements(rows: Any, name: str, tell: Tell) -> list[Replacement]:
    found: list[Replacement] = []
    for row in _list(rows, name, tell):
        with _told(name, tell):
            found.append(_replacement(row))
    return found[: entries.MOST_ENTRIES]


def _replacement(row: Any) -> Replacement:
    pair = (row.get("heard"), row.get("written", "")) if isinstance(row, dict) else row
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise TypeError
    return entries.checked_replacement(_text(pair[0]), _text(pair[1]))


def _list(value: Any, name: str, tell: Tell) -> list[Any]:
    if isinstance(value, list):
        return value
    tell(_wrong(name))
    return []


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


@contextlib.contextmanager
def _told(name: str, tell: Tell) -> Iterator[None]:
    """One wrong entry costs itself only."""
    try:
        yield
    except TypeError:
        tell(_wrong(name))
    except StarlingError as error:
        tell(error)


def _wrong(name: str) -> StarlingError:
    return StarlingError(
        "dictation.bad_entry", f"An entry of {name}.toml is not what belongs there.", "It is left out; mend the file."
    )


def _document(place: Path, name: str, tell: Tell) -> dict[str, Any] | None:
    """The file's contents; None where there is no file, or none that can be read."""
    path = place / f"{name}.toml"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):  # also of TOML and of UTF-8
        tell(_set_aside(path))
    except OSError as error:
        tell(
            StarlingError(
                "dictation.unreadable",
                f"{path} cannot be read: {error.strerror or error}.",
                "It has to be a file that you may read.",
            )
        )
    return None


def _set_aside(path: Path) -> StarlingError:
    number = 1
    while (target := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    try:
        path.rename(target)
    except OSError:
        return StarlingError(
            "dictation.damaged", f"{path} is damaged and cannot be moved out of the way.", "Mend the file or delete it."
        )
    return StarlingError(
        "dictation.damaged",
        f"{path} was damaged; the list is empty now.",
        f"The damaged file is kept as {target.name}: copy from it what you need.",
    )


def _array(name: str, texts: Sequence[str]) -> str:
    return f"{name} = [\n" + "".join(f"    {_quoted(text)},\n" for text in texts) + "]\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "")


def _write(place: Path, name: str, body: str, count: int) -> None:
    if count > entries.MOST_ENTRIES:
        raise StarlingError(
            "dictation.too_many",
            f"The list would have {count} entries, {entries.MOST_ENTRIES} are allowed.",
            "Remove some first.",
        )
    path = place / f"{name}.toml"
    try:
        place.mkdir(parents=True, exist_ok=True)
        _replace(path.resolve(), f"# {_HEADERS[name]}\n\n{body}")
    except OSError as error:
        raise _unwritable(path, error) from error


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _unwritable(path: Path, error: OSError) -> StarlingError:
    return StarlingError(
        "dictation.unwritable",
        f"{path} cannot be written: {error.strerror or error}.",
        "Make the folder writable or free some space, and try again.",
    )
