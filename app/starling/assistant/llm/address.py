"""Where a language model is asked: a server's address, taken apart and checked. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import urlsplit

from starling.core.errors import StarlingError

VERSION_PATH = "/v1"
"""What is added to an address that has no path: where OpenAI-compatible servers answer."""
_ENDPOINTS = ("/chat/completions", "/models")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """One server.

    Attributes:
        scheme: how it is spoken to.
        host: name or number, without brackets.
        port: TCP port.
        path: before ``/chat/completions``, without a slash at the end.
    """

    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a key belongs to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address in its one spelling."""
        return self.origin + self.path

    @property
    def local(self) -> bool:
        """Whether it is this machine: what is sent there stays here."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse(url: str) -> Address:
    """Read what a person wrote: ``localhost:11434``, ``http://127.0.0.1:8000/api/v1``.

    Raises:
        StarlingError: ``llm.bad_url``.
    """
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        raise _bad(text, "it cannot be read") from None
    if parts.scheme not in _PORTS:
        raise _bad(text, "it must begin with http:// or https://")
    if not parts.hostname or any(character.isspace() or not character.isprintable() for character in text):
        raise _bad(text, "it names no server")
    if parts.username is not None or parts.password is not None:
        raise _bad("", "it holds a name or a password; a key belongs in the keyring")
    if parts.query or parts.fragment:
        raise _bad(text, "it must end with the path")
    scheme = cast(Literal["http", "https"], parts.scheme)
    return Address(scheme, parts.hostname, port or _PORTS[scheme], _path(parts.path))


def _path(path: str) -> str:
    path = path.rstrip("/")
    for endpoint in _ENDPOINTS:
        path = path.removesuffix(endpoint)
    return path or VERSION_PATH


def _bad(text: str, why: str) -> StarlingError:
    shown = f" {text}" if text else ""
    return StarlingError(
        "llm.bad_url",
        f"The address{shown} of the language model cannot be used: {why}.",
        "Write it like http://127.0.0.1:11434/v1.",
    )
