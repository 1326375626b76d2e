"""What was proven on this machine, kept between runs: one JSON file."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.npu.proof.rules import Check, Prefer, Verdict, judge, time_saved

FILE_NAME = "proofs.json"
FORMAT = 1
READ_LIMIT = 4 << 20
"""Bytes; a file beyond this was not written by us."""
LATEST = 2.0**33
"""Unix time, of the year 2242."""
KEPT = 200
"""Records; the oldest go first. A machine that is updated weekly stays below it for years."""


@dataclass(frozen=True)
class ProofKey:
    """What a proof is bound to: when one of these differs, it has to be given again.

    Attributes:
        family: ``stt`` or ``tts``.
        model_hash: of the model's files, as its card or their pins tell.
        versions: driver, firmware, XRT, kernel, server ... as they were read.
        starling: this program's version.
        machine: a name for this machine that means nothing elsewhere.
    """

    family: str
    tier: str
    provider: str
    model: str
    model_hash: str
    versions: tuple[tuple[str, str], ...]
    starling: str
    machine: str


@dataclass(frozen=True)
class ProofRecord:
    """What one candidate showed.

    Attributes:
        below: the engine it was compared with: ``legacy:starter``.
        device: where it ran, by its placement's evidence.
        invalid: why its result is not the reference's; empty when it is.
        checks: the figures that were compared with a limit.
        candidate_s: seconds for the known clip, warm, run by run.
        below_s: the same of the tier below, interleaved.
        audio_s: length of the clip.
        at: Unix time.
    """

    key: ProofKey
    below: str
    device: str = "unknown"
    evidence: tuple[str, ...] = ()
    invalid: str = ""
    checks: tuple[Check, ...] = ()
    candidate_s: tuple[float, ...] = ()
    below_s: tuple[float, ...] = ()
    audio_s: float = 0.0
    at: float = 0.0

    @property
    def saved(self) -> float | None:
        """The share of the lower tier's time that it saves."""
        return time_saved(self.candidate_s, self.below_s)

    def verdict(self, prefer: Prefer) -> Verdict:
        """Whether it is used."""
        return judge(self.invalid, self.saved, prefer, device=self.device)

    @property
    def figure(self) -> Check | None:
        """The first figure, for a sentence."""
        return self.checks[0] if self.checks else None

    def to_json(self) -> dict[str, Any]:
        """The record as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProofRecord:
        """The inverse of :meth:`to_json`. Raises ValueError, KeyError or TypeError for what is none."""
        return cls(
            key=_key(data["key"]),
            below=str(data["below"]),
            device=str(data["device"]),
            evidence=tuple(str(line) for line in data["evidence"]),
            invalid=str(data["invalid"]),
            checks=tuple(_check(check) for check in data["checks"]),
            candidate_s=tuple(float(time_s) for time_s in data["candidate_s"]),
            below_s=tuple(float(time_s) for time_s in data["below_s"]),
            audio_s=float(data["audio_s"]),
            at=_time(data["at"]),
        )


class Records:
    """The proofs of this machine, newest last. Safe from any thread; processes see one another's at :meth:`load`.

    Args:
        folder: where the file is, or will be.

    Attributes:
        trouble: what was wrong with the file; it was set aside, and every proof is to be given again.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.trouble: StarlingError | None = None
        self._lock = threading.Lock()
        self._all: dict[ProofKey, ProofRecord] = {}
        self.load()

    def load(self) -> None:
        """Read the file again."""
        with self._lock:
            self._all = self._read()

    def of(self, key: ProofKey) -> ProofRecord | None:
        """The proof with exactly this key."""
        with self._lock:
            return self._all.get(key)

    def outdated(self, key: ProofKey) -> str:
        """What has changed since the latest proof of the same candidate; empty when there was none."""
        with self._lock:
            alike = [found for found in self._all.values() if _candidate(found.key) == _candidate(key)]
        return _difference(alike[-1].key, key) if alike else ""

    def any_valid(self, machine: str, starling: str, family: str) -> bool:
        """Whether anything was validated here by this version: whether a closer look is worth its time."""
        with self._lock:
            return any(
                not found.invalid
                and found.device != "emulated"
                and (key.machine, key.starling, key.family) == (machine, starling, family)
                for key, found in self._all.items()
            )

    def all(self) -> list[ProofRecord]:
        """Every proof, oldest first."""
        with self._lock:
            return list(self._all.values())

    def keep(self, record: ProofRecord) -> None:
        """Remember a proof, on disk in one step.

        Raises:
            StarlingError: ``proof.unwritable``; it is remembered until the process ends.
        """
        with self._lock:
            found = self._read()  # what another process has proven meanwhile stays
            found.pop(record.key, None)
            found[record.key] = record
            self._all = dict(list(found.items())[-KEPT:])
            self._write()

    def _read(self) -> dict[ProofKey, ProofRecord]:
        try:
            with self.path.open("rb") as file:
                text = file.read(READ_LIMIT + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.trouble = _unreadable(self.path, error.strerror or str(error))
            return {}
        try:
            return _parsed(text)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            self._set_aside()
            return {}

    def _set_aside(self) -> None:
        aside = self.path.with_name(f"{FILE_NAME}.damaged")
        with contextlib.suppress(OSError):
            os.replace(self.path, aside)
        self.trouble = StarlingError(
            "proof.damaged",
            f"The proofs in {self.path} are damaged; the file was set aside as {aside.name}.",
            "They are given again by themselves, or now by `starling doctor --prove`.",
        )

    def _write(self) -> None:
        part = self.path.with_name(f".{FILE_NAME}.{secrets.token_hex(4)}.part")
        data = {"format": FORMAT, "records": [record.to_json() for record in self._all.values()]}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(data, indent=1), encoding="utf-8")
            os.replace(part, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise StarlingError(
                "proof.unwritable",
                f"What was proven cannot be kept in {self.path}: {error.strerror or error}.",
                "Check that the folder belongs to you and that the disk has space.",
            ) from None


def _parsed(text: bytes) -> dict[ProofKey, ProofRecord]:
    if len(text) > READ_LIMIT:
        raise ValueError("too long")
    data = json.loads(text)
    if data["format"] != FORMAT:
        raise ValueError("another format")
    records = [ProofRecord.from_json(entry) for entry in data["records"]]
    return {record.key: record for record in records}


def _key(data: Mapping[str, Any]) -> ProofKey:
    texts = {field.name: str(data[field.name]) for field in fields(ProofKey) if field.name != "versions"}
    return ProofKey(versions=tuple((str(name), str(value)) for name, value in data["versions"]), **texts)


def _check(data: Mapping[str, Any]) -> Check:
    if type(data["at_least"]) is not bool:
        raise TypeError("at_least")
    return Check(str(data["name"]), float(data["value"]), float(data["limit"]), data["at_least"])


def _time(value: Any) -> float:
    """Unix time; no clock shows what is beyond ``LATEST``."""
    found = float(value)
    if not 0 <= found < LATEST:
        raise ValueError("no time")
    return found


def _unreadable(path: Path, why: str) -> StarlingError:
    return StarlingError("proof.unreadable", f"The proofs in {path} cannot be read: {why}.", "Make it readable.")


def _candidate(key: ProofKey) -> ProofKey:
    return replace(key, model_hash="", versions=(), starling="", machine="")


def _difference(old: ProofKey, new: ProofKey) -> str:
    """``driver 0.6 → 0.7``, ``the machine``: what is not the same."""
    if old.machine != new.machine:
        return "the machine"
    if old.model_hash != new.model_hash:
        return "the model's files"
    if old.starling != new.starling:
        return f"Starling {old.starling} → {new.starling}"
    before, now = dict(old.versions), dict(new.versions)
    changed = [name for name in (*before, *now) if before.get(name) != now.get(name)]
    return f"{changed[0]} {before.get(changed[0], '') or '?'} → {now.get(changed[0], '') or '?'}" if changed else ""
