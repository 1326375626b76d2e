"""Downloads one file: resumed, retried, hashed as it comes, in its place only when it is what it should be."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import time
import urllib.parse
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.models.card import FileRecord
from starling.models.disk import check_free, disk_errors
from starling.models.hashing import file_record
from starling.models.network import Control, Network
from starling.models.wanted import NOTE, PART, Report, Wanted
from starling.models.web import Response, is_trusted_way, open_url, reason, retry_after_s, via_mirror, whole

CHUNK = 1 << 18
LOWEST_BYTES = 1024
"""Fewer in one stall limit count as nothing: a server that drips would hold a download for ever."""
LONGEST_WAIT_S = 120.0
PROGRESS_BYTES = 1 << 20
"""So much in one connection gives a download its tries back."""
DISK_LOOK_BYTES = 32 << 20
UNPINNED_FACTOR = 4
"""A file whose size is only estimated may be so many times larger before it counts as endless."""
_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")
_GONE = (404, 410)
_REFUSED = (401, 403, 451)


def fetch(wanted: Wanted, folder: Path, network: Network, control: Control, report: Report) -> FileRecord:
    """Get one file into a folder; what is there already is used after its hash was checked.

    Raises:
        Stopped: paused or cancelled; the part stays.
        StarlingError: ``download.*``: ``stale_pin`` when the file at the source is another one, else what is wrong
            with the network or the server; ``model.disk_full``, ``model.write_failed``.
    """
    return _Transfer(wanted, folder, network, control, report).run()


class _Again(Exception):
    """One try failed; another may do better."""

    def __init__(self, error: StarlingError, wait_s: float | None = None) -> None:
        super().__init__(error.code)
        self.error = error
        self.wait_s = wait_s


class _Transfer:
    def __init__(self, wanted: Wanted, folder: Path, network: Network, control: Control, report: Report) -> None:
        self._wanted = wanted
        self._network = network
        self._control = control
        self._report = report
        self._url = via_mirror(wanted.url, network.mirror)
        self._host = urllib.parse.urlsplit(self._url).hostname or self._url
        self._final = folder / wanted.name
        self._part = folder / (wanted.name + PART)
        self._note = folder / (wanted.name + NOTE)
        self._hash = hashlib.sha256()
        self._have = 0
        self._validator = ""
        self._total = wanted.size
        self._wrong = ""

    def run(self) -> FileRecord:
        parts = urllib.parse.urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._bad_url()
        self._check_way(self._url)
        with disk_errors(self._final):
            if (record := self._already_here()) is not None:
                return record
            self._take_up_part()
            failures = 0
            while True:
                before = self._have
                try:
                    return self._attempt()
                except _Again as again:
                    failures = 1 if self._have - before >= PROGRESS_BYTES else failures + 1
                    if failures >= self._network.attempts:
                        raise again.error from None
                    self._wait(again, failures)

    def _check_way(self, url: str) -> None:
        """What has no hash is taken only where nobody on the way can change it."""
        if not self._wanted.sha256 and not is_trusted_way(url):
            raise StarlingError(
                "download.insecure",
                f"{self._wanted.name} has no known hash and {self._host} is not reached by https.",
                "Use a mirror with https.",
            )

    def _bad_url(self) -> StarlingError:
        return StarlingError("download.bad_url", f"{self._url} is no address.", "Check the setting models.mirror.")

    def _wait(self, again: _Again, failures: int) -> None:
        seconds = min(self._network.backoff_s * 2 ** (failures - 1), LONGEST_WAIT_S)
        if again.wait_s is not None:
            if again.wait_s > LONGEST_WAIT_S:
                raise again.error
            seconds = max(seconds, again.wait_s)
        self._report(self._have, again.error.message)
        self._control.wait(seconds)

    def _already_here(self) -> FileRecord | None:
        """The whole file from an earlier run, if it is still right."""
        if not self._final.is_file():
            return None
        record = file_record(self._final)
        if self._wanted.sha256 and record.sha256 == self._wanted.sha256:
            self._report(record.size, "")
            return record
        self._final.unlink()
        return None

    def _take_up_part(self) -> None:
        """Hash what an earlier run left, and remember which version of the file it was."""
        note = self._read_note()
        same = note.get("url") == self._url
        self._validator = str(note.get("validator", "")) if same else ""
        usable = self._validator or self._wanted.sha256
        if not self._part.is_file() or not usable or (self._too_long(self._part.stat().st_size)):
            self._restart()
            return
        with self._part.open("rb") as file:
            while data := file.read(CHUNK):
                self._control.check()
                self._hash.update(data)
                self._have += len(data)
        if self._wanted.size is None and isinstance(note.get("total"), int):
            self._total = note["total"]
        self._report(self._have, "")

    def _restart(self) -> None:
        self._part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self._hash = hashlib.sha256()
        self._have = 0
        self._validator = ""
        self._total = self._wanted.size

    def _attempt(self) -> FileRecord:
        if self._have and self._have == self._total:
            return self._finish()
        headers = {}
        if self._have and not self._validator and not self._wanted.sha256:
            self._restart()  # nothing would tell whether the rest belongs to what is here
        if self._have:
            headers["Range"] = f"bytes={self._have}-"
            if self._validator:
                headers["If-Range"] = self._validator
        response = self._open(headers)
        try:
            if self._accept(response):
                self._read_body(response)
            return self._finish()
        finally:
            response.close()

    def _open(self, headers: dict[str, str]) -> Response:
        try:
            return open_url(self._url, headers, self._network, self._control)
        except (OSError, http.client.HTTPException) as error:
            self._control.check()  # cut by a person, not by the network
            told = reason(error, self._host)
            if told.code in ("download.tls", "download.proxy"):
                raise told from None
            raise _Again(told) from None
        except ValueError:
            raise self._bad_url() from None

    def _accept(self, response: Response) -> bool:
        """Whether a body follows that continues what is here; False when everything is here already."""
        status = response.status
        if status not in (200, 206, 416):
            raise self._refusal(response)
        if status == 416:
            return self._past_the_end(response)
        self._check_way(response.url)
        if response.header("Content-Type").lower().startswith("text/html"):
            raise StarlingError(
                "download.web_page",
                f"Instead of {self._wanted.name} a web page came from {self._host}.",
                "Open a browser: the network may want a login first. Then try again.",
            )
        if response.header("Content-Encoding").lower() not in ("", "identity"):
            raise StarlingError("download.broken", f"{self._host} sends the file packed, which was not asked for.")
        validator = _validator(response)
        if status == 206:
            self._check_continues(response, validator)
        else:
            if self._have:
                self._restart()
            self._check_total(response.length)
            self._total = response.length if self._wanted.size is None else self._wanted.size
        self._validator = validator
        self._write_note()
        return True

    def _check_continues(self, response: Response, validator: str) -> None:
        """A 206 has to begin where we are, in the same version of the file; otherwise we begin again."""
        match = _RANGE.fullmatch(response.header("Content-Range"))
        changed = bool(self._validator and validator and validator != self._validator)
        if match is None or int(match[1]) != self._have or changed:
            self._restart()
            told = f"{self._host} sent another part of the file than the one that was asked for."
            if changed:
                told = f"The file at {self._host} changed meanwhile."
            raise _Again(StarlingError("download.broken", told, "Try again."), 0.0)
        if match[2] != "*":
            self._check_total(int(match[2]))
            self._total = int(match[2])

    def _past_the_end(self, response: Response) -> bool:
        if self._have and whole(response.header("Content-Range").rpartition("/")[2]) == self._have:
            self._total = self._have
            return False
        self._restart()
        raise _Again(StarlingError("download.broken", f"{self._host} has no such part of the file.", "Try again."), 0.0)

    def _check_total(self, total: int | None) -> None:
        if total is not None and self._wanted.size is not None and total != self._wanted.size:
            raise self._stale(f"it has {total} bytes instead of {self._wanted.size}")
        if total is not None and self._too_long(total):
            raise self._endless(total)

    def _refusal(self, response: Response) -> Exception:
        status, name = response.status, self._wanted.name
        again = "Try again later; what was downloaded is kept."
        if status in _GONE:
            return self._stale(f"{self._host} has no {name} at that address any more ({status})")
        if status in _REFUSED:
            return StarlingError(
                "download.forbidden", f"{self._host} does not give out {name} ({status}).", "Try a models.mirror."
            )
        if 300 <= status < 400:
            return StarlingError(
                "download.bad_redirect",
                f"{self._host} sends to an address that is not used for downloads.",
                "Try again later, or set another models.mirror.",
            )
        if status == 407:
            return StarlingError("download.proxy", "The proxy wants a name and password.", "Set models.proxy.")
        wait_s = retry_after_s(response.header("Retry-After"))
        if status == 429:
            told = "" if wait_s is None else f" It asks to wait {wait_s:.0f} s."
            return _Again(StarlingError("download.busy", f"{self._host} is asked too often.{told}", again), wait_s)
        if status in (408, 425) or status >= 500:
            return _Again(StarlingError("download.server", f"{self._host} failed ({status}).", again), wait_s)
        return StarlingError("download.server", f"{self._host} answered {status} for {name}.", again)

    def _read_body(self, response: Response) -> None:
        window_began, window_bytes, looked = time.monotonic(), 0, self._have
        with self._part.open("ab") as file:
            while True:
                data = self._next(response)
                if not data:
                    break
                if self._too_long(self._have + len(data)):
                    raise self._endless(self._have + len(data))
                file.write(data)
                self._hash.update(data)
                self._have += len(data)
                window_bytes += len(data)
                self._report(self._have, "")
                if self._have - looked >= DISK_LOOK_BYTES:
                    looked = self._have
                    check_free(self._part)
                now = time.monotonic()
                if now - window_began > self._network.stall_s:
                    if window_bytes < LOWEST_BYTES and self._have != self._total:
                        raise _Again(reason(TimeoutError(), self._host))
                    window_began, window_bytes = now, 0
        if self._total is not None and self._have < self._total:
            raise _Again(reason(ConnectionError(), self._host))

    def _next(self, response: Response) -> bytes:
        try:
            data = response.read(CHUNK)
        except (OSError, http.client.HTTPException) as error:
            self._control.check()
            raise _Again(reason(error, self._host)) from None
        self._control.check()  # a cut connection looks like a short end
        return data

    def _finish(self) -> FileRecord:
        digest = self._hash.hexdigest()
        if self._wanted.size is not None and self._have != self._wanted.size:
            raise self._stale(f"it has {self._have} bytes instead of {self._wanted.size}")
        if self._total is not None and self._have > self._total:
            self._restart()
            raise _Again(StarlingError("download.broken", f"{self._host} sent more than it had said.", "Try again."))
        if not self._have:
            self._restart()
            raise _Again(StarlingError("download.broken", f"{self._host} sent an empty file.", "Try again later."))
        if self._wanted.sha256 and digest != self._wanted.sha256:
            self._restart()
            if self._wrong == digest:
                raise self._stale("its contents are others")
            again = self._wrong
            self._wrong = digest
            error = StarlingError(
                "download.corrupted",
                f"{self._wanted.name} was damaged on its way from {self._host}.",
                "Try again, or from another network.",
            )
            if again:
                raise error
            raise _Again(error, 0.0)
        with self._part.open("ab") as file:
            os.fsync(file.fileno())
        os.replace(self._part, self._final)
        self._note.unlink(missing_ok=True)
        return FileRecord(digest, self._have)

    def _stale(self, what: str) -> StarlingError:
        return StarlingError(
            "download.stale_pin",
            f"{self._wanted.name} is no longer the file that {self._wanted.pinned} knows: {what}.",
            "The network is fine. Update Starling, or get the model elsewhere and import it.",
        )

    def _too_long(self, size: int) -> bool:
        if self._wanted.size is not None:
            return size > self._wanted.size
        return bool(self._wanted.about) and size > self._wanted.about * UNPINNED_FACTOR + PROGRESS_BYTES

    def _endless(self, size: int) -> StarlingError:
        self._restart()
        return self._stale(f"it is too long ({size} bytes and more)")

    def _read_note(self) -> dict[str, Any]:
        try:
            data = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _write_note(self) -> None:
        data = {"url": self._url, "validator": self._validator, "total": self._total}
        draft = self._note.with_name(self._note.name + ".new")
        draft.write_text(json.dumps(data), encoding="utf-8")
        os.replace(draft, self._note)


def _validator(response: Response) -> str:
    """What If-Range can ask with: a strong ETag, else the time of change."""
    etag = response.header("ETag")
    return etag if etag.startswith('"') else response.header("Last-Modified")
