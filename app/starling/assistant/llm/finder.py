"""Looks for language model servers on this machine: a question to each usual port of the loopback, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from starling.assistant.llm.address import Address, parse
from starling.assistant.llm.client import Client, Limits
from starling.core.errors import StarlingError

LOOK = Limits(connect=0.5, first=2.0, between=1.0, total=3.0)
"""Seconds. A server on this machine that takes longer to list its models will not answer in time either."""


@dataclass(frozen=True)
class Place:
    """Where a server program listens unless it is told otherwise."""

    product: str
    url: str


PLACES: tuple[Place, ...] = (
    Place("Lemonade", "http://127.0.0.1:13305/api/v1"),
    Place("Lemonade", "http://127.0.0.1:8000/api/v1"),
    Place("FastFlowLM", "http://127.0.0.1:52625/v1"),
    Place("Ollama", "http://127.0.0.1:11434/v1"),
    Place("llama.cpp", "http://127.0.0.1:8080/v1"),
)


@dataclass(frozen=True)
class Found:
    """One place, and what is there.

    Attributes:
        name: of the server program that answered; else that which is usually there.
        url: for the setting ``assistant.llm_url``.
        models: that may hold a conversation; all of them if none is known to.
        evidence: what answered, in words; empty when nothing did.
        error: why it cannot be used; None when it can.
    """

    name: str
    url: str
    models: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    error: StarlingError | None = None


def find(places: Sequence[Place] = PLACES) -> tuple[Found, ...]:
    """Ask all places at the same time; those that answer come first. Takes at most about three seconds."""
    with ThreadPoolExecutor(len(places), thread_name_prefix="llm-finder") as pool:
        found = tuple(pool.map(_look, places))
    return tuple(sorted(found, key=lambda server: server.error is not None))


def look(address: Address, usual: str = "", key: str = "", limits: Limits = LOOK) -> Found:
    """Ask one server; ``usual`` is the program expected there."""
    try:
        listing = Client(address, key, limits).models()
    except StarlingError as error:
        return Found(usual or address.url, address.url, error=error)
    if listing.product:
        name = listing.product
    else:
        name = f"Unknown server, at the port of {usual}" if usual else "OpenAI-compatible server"
    return Found(name, address.url, listing.chat or listing.names, listing.evidence)


def _look(place: Place) -> Found:
    return look(parse(place.url), place.product)
