"""Takes out of a report what is nobody else's business: pure, over texts and JSON values.

Two ways together: what is known to be private is replaced wherever it stands, also inside other words of a path; and
addresses are replaced whatever they are, but for the places where remedies send people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

SHORTEST = 3
"""Characters; what is shorter would be found inside of ordinary words. It never gets into a report by itself."""
COMMON = frozenset(
    ("root", "user", "users", "home", "localhost", "localdomain", "linux", "debian", "ubuntu", "fedora", "default",
     "pulse", "none", "auto", "cpu", "npu", "data", "config", "cache", "true", "false")
)  # fmt: skip
"""Names of accounts, hosts and devices that say nothing of a person and would be found everywhere."""
KNOWN_HOSTS = ("github.com", "gitlab.com", "ryzenai.docs.amd.com", "huggingface.co", "localhost", "127.0.0.1")
"""Where remedies send people, and this machine."""
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_UNITS = re.compile(r"@\.?(?:service|conf)\b")
_ANY_HOME = re.compile(r"(?:/home|/Users)/[^/\s\"':,;]+|[A-Za-z]:\\Users\\[^\\\"'\n]+")


class Scrubber:
    """Replaces secrets by what stands for them.

    Args:
        secrets: secret -> its replacement; shorter ones than :data:`SHORTEST` are passed over.
        folders: folder -> its replacement; longest first, before anything else.
    """

    def __init__(self, secrets: Mapping[str, str], folders: Mapping[str, str]) -> None:
        self._folders = sorted(
            ((folder.rstrip("/\\"), stands_for) for folder, stands_for in folders.items() if len(folder) > 1),
            key=lambda pair: -len(pair[0]),
        )
        found = {
            secret.strip().lower(): stands_for
            for secret, stands_for in secrets.items()
            if len(secret.strip()) >= SHORTEST and secret.strip().lower() not in COMMON
        }
        self._replacements = found
        alternatives = "|".join(re.escape(secret) for secret in sorted(found, key=len, reverse=True))
        self._secrets = (
            re.compile(rf"(?<![A-Za-z0-9])(?:{alternatives})(?![A-Za-z0-9])", re.IGNORECASE) if found else None
        )

    def text(self, text: str) -> str:
        """A text without secrets."""
        for folder, stands_for in self._folders:
            text = text.replace(folder, stands_for)
        text = _ANY_HOME.sub("~", text)
        text = _ADDRESS.sub(_address, text)
        if self._secrets is not None:
            text = self._secrets.sub(lambda match: self._replacements[match[0].lower()], text)
        return _MAIL.sub(lambda match: match[0] if _UNITS.search(match[0]) else "<address>", text)

    def json(self, value: Any) -> Any:
        """A JSON value without secrets, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.json(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(each) for each in value]
        return value


def named(names: Iterable[str], kind: str) -> dict[str, str]:
    """Names by the order in which they came: ``<model 1>``, ``<model 2>``."""
    found: dict[str, str] = {}
    for name in names:
        if name and name not in found:
            found[name] = f"<{kind} {len(found) + 1}>"
    return found


def _address(match: re.Match[str]) -> str:
    address = match[0]
    host = re.sub(r"^[^:]+://", "", address).partition("/")[0]
    plain = "@" not in host and "?" not in address and "#" not in address
    return address if plain and host.partition(":")[0].lower() in KNOWN_HOSTS else "<address>"
