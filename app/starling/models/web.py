"""Opens URLs for downloads: proxy, mirror, redirects, limits."""

from __future__ import annotations

import contextlib
import email.utils
import functools
import http.client
import ipaddress
import re
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from typing import IO, Any

from starling.core.errors import StarlingError
from starling.models.network import Control, Network

MOST_REDIRECTS = 5
CONNECT_S = 20.0
_MOST_DIGITS = 18
_HUGGING_FACE = "huggingface.co"
_AGENT = "starling"  # no version, no system: a server learns what is asked for, nothing about the machine


class Response:
    """What a server answered; the body is read in pieces."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.status: int = raw.status
        self.url: str = raw.geturl()

    def header(self, name: str) -> str:
        """A header's text; empty when absent."""
        return str(self._raw.headers.get(name, "")).strip()

    @property
    def length(self) -> int | None:
        """Bytes of the body, if the server says so."""
        return whole(self.header("Content-Length"))

    def read(self, most: int) -> bytes:
        """The next bytes as they arrive; empty at the end."""
        return bytes(self._raw.read1(most))

    def close(self) -> None:
        """Leave the connection."""
        with contextlib.suppress(OSError):
            self._raw.close()


def open_url(url: str, headers: dict[str, str], network: Network, control: Control) -> Response:
    """Ask for a URL, following redirects to the same scheme or to https.

    Raises:
        StarlingError: ``download.bad_redirect``, ``download.bad_proxy``.
        OSError, http.client.HTTPException: the connection failed; see :func:`reason`.
    """
    request = urllib.request.Request(
        url, headers={"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **headers}
    )
    control.check()
    try:
        return Response(_opener(network, control).open(request, timeout=min(CONNECT_S, network.stall_s)))
    except urllib.error.HTTPError as error:
        return Response(error)


def via_mirror(url: str, mirror: str) -> str:
    """The URL to ask instead, when a mirror is set."""
    parts = urllib.parse.urlsplit(url)
    if not mirror.strip():
        return url
    path = parts.path.lstrip("/")
    if "{" in mirror:
        return mirror.strip().replace("{host}", parts.netloc).replace("{path}", path)
    return f"{mirror.strip().rstrip('/')}/{path}" if parts.hostname == _HUGGING_FACE else url


def is_trusted_way(url: str) -> bool:
    """Whether nobody on the way can change what comes: https, or this machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def whole(text: str) -> int | None:
    """A number of bytes; None for what is none, or too large to be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def retry_after_s(text: str, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for; None when it asks for nothing that can be read."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def reason(error: Exception, host: str) -> StarlingError:
    """A failed connection in words: the network's fault, not the catalogue's."""
    inner = error.reason if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception) else error
    again = "Check the connection and try again; what was downloaded is kept."
    if isinstance(inner, ssl.SSLCertVerificationError):
        return StarlingError(
            "download.tls",
            f"{host} has no certificate that this machine trusts ({inner.verify_message}).",
            "Check the clock and the network; a proxy that opens connections needs its certificate installed.",
        )
    if isinstance(inner, socket.gaierror):
        return StarlingError("download.offline", f"The address of {host} cannot be found.", again)
    if isinstance(inner, TimeoutError):
        return StarlingError("download.stalled", f"{host} sent nothing for too long.", again)
    if "Tunnel connection failed" in str(inner):
        return StarlingError(
            "download.proxy", f"The proxy refused the way to {host} ({inner}).", "Check the setting models.proxy."
        )
    if isinstance(inner, ConnectionRefusedError):
        return StarlingError("download.offline", f"{host} cannot be reached.", again)
    return StarlingError("download.broken", f"The connection to {host} broke ({type(inner).__name__}).", again)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTS + 1  # ours is told first
    max_repeats = MOST_REDIRECTS + 1

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        seen = getattr(req, "redirect_dict", {})
        if sum(seen.values()) >= MOST_REDIRECTS:
            fp.close()
            raise _bad_redirect(old.hostname, f"sends from one address to the next more than {MOST_REDIRECTS} times")
        if new.scheme not in (old.scheme, "https") or new.scheme not in ("http", "https"):
            fp.close()
            raise _bad_redirect(old.hostname, f"sends to an address of the kind {new.scheme}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _bad_redirect(host: str | None, what: str) -> StarlingError:
    return StarlingError(
        "download.bad_redirect", f"{host or 'The server'} {what}.", "Try again later, or set another models.mirror."
    )


def _opener(network: Network, control: Control) -> urllib.request.OpenerDirector:
    """Handlers for http and https alone: no file:, ftp: or data: URL is ever opened."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(_proxies(network.proxy)),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
        _Http(control, network.stall_s),
        _Https(control, network.stall_s),
    ):
        opener.add_handler(handler)
    return opener


def _proxies(proxy: str) -> dict[str, str] | None:
    if not proxy.strip():
        return None
    if proxy.strip() == "none":
        return {}
    parts = urllib.parse.urlsplit(proxy.strip())
    if parts.scheme != "http" or not parts.hostname:
        raise StarlingError(
            "download.bad_proxy",
            "The setting models.proxy is no address of an HTTP proxy.",
            'Write it as http://host:port, or "none".',
        )
    return {"http": proxy.strip(), "https": proxy.strip()}


class _Held:
    """A connection whose socket can be cut, with a limit of its own once it stands."""

    control: Control
    stall_s: float
    sock: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock.settimeout(self.stall_s)
        self.control.hold(self.sock)


class _HttpConnection(_Held, http.client.HTTPConnection):
    pass


class _HttpsConnection(_Held, http.client.HTTPSConnection):
    pass


def _connect(kind: type[Any], control: Control, stall_s: float, *args: Any, **kwargs: Any) -> Any:
    connection = kind(*args, **kwargs)
    connection.control, connection.stall_s = control, stall_s
    return connection


class _Http(urllib.request.HTTPHandler):
    def __init__(self, control: Control, stall_s: float) -> None:
        super().__init__()
        self._connection = functools.partial(_connect, _HttpConnection, control, stall_s)

    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self._connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, control: Control, stall_s: float) -> None:
        context = ssl.create_default_context()
        super().__init__(context=context)
        self._kept = context
        self._connection = functools.partial(_connect, _HttpsConnection, control, stall_s)

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self._connection, req, context=self._kept)
