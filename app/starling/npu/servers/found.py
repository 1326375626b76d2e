"""Which of these servers run on this machine, what they can do, and what they say of where they do it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from starling.core.errors import StarlingError
from starling.core.placement import Device
from starling.npu.servers import http

Product = Literal["FastFlowLM", "Lemonade"]

LOOK = http.Limits(connect=0.5, total=2.0)
"""Seconds for each question. A server on this machine that takes longer will not answer in time either."""
SAID = 40
"""Characters that are kept of a server's version, recipe or device."""
FLM_PORT = 52625
FLM_PORT_VARIABLE = "FLM_SERVE_PORT"
LEMONADE_PORTS = (13305, 8000)
LEMONADE_KEY_VARIABLE = "LEMONADE_API_KEY"
PLACES_VARIABLE = "STARLING_SPEECH_SERVERS"
"""``FastFlowLM=http://127.0.0.1:5000/v1,Lemonade=http://127.0.0.1:9000/api/v1``: where else to look; or ``none``."""


@dataclass(frozen=True)
class Route:
    """One way in which a server recognises speech.

    Attributes:
        model: as the server calls it.
        recipe: its program: ``flm``, ``whispercpp``.
        backend: of that program: ``npu``, ``vulkan``, ``rocm``, ``cpu``; what is asked for.
        claims: the device that this backend is for.
        reported: the device that the server reports of the loaded model; ``unknown`` while it does not.
        evidence: of the report.
    """

    model: str
    recipe: str
    backend: str
    claims: Device
    reported: Device = "unknown"
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A place, and what is there.

    Attributes:
        url: with the path before its endpoints.
        version: empty when it was not told.
        routes: the best first.
        evidence: what answered, in words.
        error: why it cannot be used; None when it can. ``engine.server_failed`` when nothing answers.
    """

    product: Product
    url: str
    version: str = ""
    routes: tuple[Route, ...] = ()
    evidence: tuple[str, ...] = ()
    error: StarlingError | None = None


def places() -> tuple[tuple[Product, str], ...]:
    """Where these servers are: at their usual ports, or where :data:`PLACES_VARIABLE` says."""
    if named := os.environ.get(PLACES_VARIABLE, "").strip():
        return tuple(_named(named))
    flm = os.environ.get(FLM_PORT_VARIABLE, "")
    port = int(flm) if flm.isascii() and flm.isdigit() and len(flm) < 6 and 0 < int(flm) < 65536 else FLM_PORT
    lemonade: tuple[tuple[Product, str], ...] = tuple(
        ("Lemonade", f"http://127.0.0.1:{number}/api/v1") for number in LEMONADE_PORTS
    )
    return (("FastFlowLM", f"http://127.0.0.1:{port}/v1"), *lemonade)


def _named(text: str) -> Iterator[tuple[Product, str]]:
    for entry in text.split(","):
        name, _, url = entry.strip().partition("=")
        for product in get_args(Product):
            if name.lower() == product.lower() and url:
                yield product, url


def find(where: Sequence[tuple[Product, str]] | None = None) -> tuple[Found, ...]:
    """Ask all places at the same time; those that answer come first. Takes at most some seconds; never raises."""
    from concurrent.futures import ThreadPoolExecutor

    asked = places() if where is None else where
    with ThreadPoolExecutor(max(1, len(asked)), thread_name_prefix="server-finder") as pool:
        found = tuple(pool.map(lambda one: look(*one), asked))
    return tuple(sorted(found, key=lambda server: server.error is not None))


def look(product: Product, url: str) -> Found:
    """Ask one place; never raises."""
    from starling.npu.servers import flm, lemonade

    ask: Callable[[http.Place], Found] = flm.look if product == "FastFlowLM" else lemonade.look
    try:
        return ask(http.place(product, url, key_for(product)))
    except StarlingError as error:
        return Found(product, url, error=error)


def key_for(product: str) -> str:
    """The key that the user gave to Lemonade, which it reads from the same variable."""
    return os.environ.get(LEMONADE_KEY_VARIABLE, "") if product == "Lemonade" else ""


def value(answer: http.Answer, where: http.Place, what: str) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises:
        StarlingError: ``engine.server_failed`` for another status or anything that is no object.
    """
    if answer.status in (401, 403):
        raise StarlingError(
            "engine.server_key",
            f"{where.product} at {where.url} wants a key, or does not take this one.",
            f"Start Starling with {LEMONADE_KEY_VARIABLE} set to {where.product}'s key.",
        )
    if answer.status != 200:
        reason = f": {answer.reason}" if answer.reason else ""
        raise http.failed(where, f"answered {answer.status} to {what}{reason}")
    data = answer.json()
    if not isinstance(data, dict):
        shown = "a web page" if "html" in answer.content_type else "something that is no JSON object"
        raise http.failed(where, f"answered with {shown} to {what}")
    return data
