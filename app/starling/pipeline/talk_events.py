"""What the pipeline tells of conversations with a language model. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ReplyGrew:
    """A reply that streams has more text; ``text`` is all of it so far. Follows its ``ReplyBegan``."""

    text: str
    turn: str = ""


@dataclass(frozen=True)
class ConfirmAsked:
    """The model wants to change something; ``question`` says what. Answered by voice, or ``Service.confirm(turn, …)``.

    At most one question is open: the next ``ConfirmEnded`` is its end, whoever brings it about.

    Attributes:
        tool: the name of what would do it, as the model calls it.
        arguments: as (name, value). They are the model's: shown as plain text, never followed.
    """

    turn: str
    question: str
    tool: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ConfirmEnded:
    """The question is no longer open."""

    turn: str
    outcome: Literal["yes", "no", "unanswered"]


@dataclass(frozen=True)
class Server:
    """A place where language models may be.

    Attributes:
        name: of the server program that answered; else that which is usually there.
        url: for the setting ``assistant.llm_url``.
        models: that may hold a conversation.
        evidence: what answered, in words; empty when nothing did.
        error: why it cannot be used; None when it can.
    """

    name: str
    url: str
    models: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class ServersFound:
    """The answer to ``find_servers``: all places that were asked, those that answered first."""

    servers: tuple[Server, ...]


@dataclass(frozen=True)
class ConnectionTested:
    """The answer to ``test_connection``.

    Attributes:
        url: as it was asked for.
        model: that answered; empty if none did.
        local: whether the server is on this machine, so that texts stay here.
        models: that the server has.
        reply: what the model said.
        listed_ms: until the server had told its models; None if it did not.
        first_text_ms: from the question to the first words; None if none came.
        tools: whether the model called a tool that it was told to call, answered without (``ignored``), or the server
            said that it cannot (``refused``); empty where that was not tried or failed otherwise.
        error: what is wrong; None when all is well.
    """

    url: str
    model: str = ""
    local: bool = True
    models: tuple[str, ...] = ()
    reply: str = ""
    listed_ms: float | None = None
    first_text_ms: float | None = None
    tools: Literal["", "called", "ignored", "refused"] = ""
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class KeyShown:
    """Whether a key is stored for a server; never the key. ``error``: why it could not be looked up or stored."""

    url: str
    stored: bool
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class ConnectionShown:
    """The language model in use; sent whenever it changes.

    Attributes:
        url: empty where none is connected.
        model: as set, or as the server named it in its last reply; empty while unknown.
        state: ``none``, ``untested`` since it was set, ``ready`` after a reply, ``failed`` after a failure.
        local: whether texts stay on this machine.
        first_text_ms: of the last reply, from the question to its first words; None while there is none.
        error: of the last failure.
    """

    url: str = ""
    model: str = ""
    state: Literal["none", "untested", "ready", "failed"] = "none"
    local: bool = True
    first_text_ms: float | None = None
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class ConversationForgotten:
    """A new conversation has begun; what the window shows may stay."""
