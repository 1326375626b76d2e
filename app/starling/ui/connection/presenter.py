"""What is said of servers, tests and keys, from what is known. No widgets; tables are its test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from starling.pipeline import events
from starling.ui.kit.badge import Kind
from starling.ui.kit.numbers import compact

translate = QCoreApplication.translate

WORTH_NAMING = frozenset({"llm.unauthorised", "llm.busy", "llm.key_in_clear"})
"""What is wrong with a place where there is a server all the same; others are places with nothing, or with another
program that uses the port."""
MOST_MODELS = 3
"""More are counted."""


@dataclass(frozen=True)
class Said:
    """A state as a shape and a sentence."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class FoundLook:
    """One server that was found. ``can_use``: it may be chosen, and is not already."""

    url: str
    name: str
    detail: str
    can_use: bool
    in_use: bool


def told(error: Mapping[str, str] | None) -> str:
    """An error with its fix; empty for none."""
    return " ".join(part for part in ((error or {}).get("message", ""), (error or {}).get("fix", "")) if part)


def state(connection: events.ConnectionShown) -> Said:
    """The connection in use, in a word."""
    return {
        "none": Said("off", translate("Connection", "Not connected")),
        "untested": Said("unknown", translate("Connection", "Not tried yet")),
        "ready": Said("good", translate("Connection", "Ready")),
        "failed": Said("bad", translate("Connection", "Failed")),
    }[connection.state]


def place(connection: events.ConnectionShown) -> Said:
    """Where texts go."""
    if connection.state == "failed" and not connection.url:
        return Said("bad", told(connection.error))
    if not connection.url:
        return Said("off", translate("Connection", "No server is set. Only Starling's own skills answer."))
    if connection.local:
        return Said("good", translate("Connection", "This server is on this machine: what you say stays here."))
    return Said(
        "warning",
        translate(
            "Connection",
            "This server is not on this machine: what you say to Starling and what its skills find is sent there.",
        ),
    )


def found(servers: tuple[events.Server, ...], url: str) -> tuple[FoundLook, ...]:
    """The servers that are there."""
    return tuple(
        FoundLook(
            server.url,
            server.name,
            _models(server) if server.error is None else told(server.error),
            can_use=server.url != url,
            in_use=server.url == url,
        )
        for server in servers
        if server.error is None or server.error.get("code") in WORTH_NAMING
    )


def _models(server: events.Server) -> str:
    count = len(server.models)
    if not count:
        return translate("Connection", "no model yet: install one there")
    if count > MOST_MODELS:
        return translate("Connection", "{count} models").format(count=count)
    return ", ".join(server.models)


def searched(shown: tuple[FoundLook, ...]) -> Said:
    """What came of the search."""
    if shown:
        return Said("good", translate("Connection", "Servers found on this machine: {count}").format(count=len(shown)))
    return Said(
        "warning",
        translate(
            "Connection",
            "No language model server answers on this machine. Install Lemonade or FastFlowLM (which can use an AMD "
            "NPU), Ollama or llama.cpp, start it, and look again. One that listens elsewhere can be typed above.",
        ),
    )


def test_result(tested: events.ConnectionTested) -> Said:
    """What came of a test."""
    if tested.error is not None:
        return Said("bad", told(tested.error))
    return Said("good", translate("Connection", "It works."))


def test_facts(tested: events.ConnectionTested) -> tuple[tuple[str, str | None], ...]:
    """What a test measured, as (name, value); only what was reached."""
    facts: list[tuple[str, str | None]] = [(translate("Connection", "Answers"), ms(tested.listed_ms))]
    if tested.listed_ms is not None:
        facts.append((translate("Connection", "First words"), ms(tested.first_text_ms)))
    if tested.model:
        facts.append((translate("Connection", "Model"), tested.model))
    if tested.reply:
        facts.append((translate("Connection", "It said"), " ".join(tested.reply.split())))
    if tools := tools_text(tested):
        facts.append((translate("Connection", "Skills"), tools))
    return tuple(facts)


def tools_text(tested: events.ConnectionTested) -> str:
    """Whether the model can use the skills; empty where that is not known."""
    return {
        "": "",
        "called": translate("Connection", "the model can use them"),
        "ignored": translate("Connection", "the model was told to use one, and did not"),
        "refused": translate("Connection", "the server says that this model cannot use them"),
    }[tested.tools]


def ms(value: float | None) -> str | None:
    """How long something took; None while it is not measured."""
    return None if value is None else translate("Connection", "after {ms} ms").format(ms=compact(value))


def key(shown: events.KeyShown | None, local: bool) -> Said:
    """Whether a key is kept; never the key."""
    if shown is None:
        if local:
            return Said("off", translate("Connection", "Key: most servers on this machine need none."))
        return Said("unknown", translate("Connection", "Key: looking into the keyring."))
    if shown.error is not None:
        return Said("warning", told(shown.error))
    if shown.stored:
        return Said("good", translate("Connection", "Key: stored in the system's keyring."))
    return Said("off", translate("Connection", "Key: none is stored for this server."))
