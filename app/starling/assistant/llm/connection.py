"""The language model that the user has connected, and how it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starling.assistant.llm import failures, keys
from starling.assistant.llm.address import Address, parse
from starling.assistant.llm.client import Chat, Client, Limits, Message
from starling.assistant.llm.memory import Bounds
from starling.core.errors import StarlingError


@dataclass(frozen=True)
class Wishes:
    """What the settings say.

    Attributes:
        url: of the server; empty for none.
        model: its name; empty for the first that the server has.
        prompt: the system prompt; empty for Starling's own.
        tools: offer the skills as tools.
        bounds: what is remembered.
        limits: how long the server may take.
    """

    url: str = ""
    model: str = ""
    prompt: str = ""
    tools: bool = True
    bounds: Bounds = field(default_factory=Bounds)
    limits: Limits = field(default_factory=Limits)


class Connection:
    """One server in use. Its key is looked up when it is first needed: a keyring may ask the user.

    Args:
        wishes: what the settings say; ``url`` is not empty.
        find_key: the key for an address, empty for none.

    Raises:
        StarlingError: ``llm.bad_url``.
    """

    def __init__(self, wishes: Wishes, find_key: Callable[[Address], str] = keys.find_if_needed) -> None:
        self.wishes = wishes
        self.address = parse(wishes.url)
        self._find_key = find_key
        self._client: Client | None = None
        self._model = wishes.model

    @property
    def model(self) -> str:
        """The model in use; empty before the first question where none is set."""
        return self._model

    def chat(self, messages: Sequence[Message], tools: Sequence[dict[str, object]]) -> Chat:
        """Begin a reply. Raises StarlingError."""
        client = self._ready()
        return client.chat(self._model, messages, tools)

    def forget_model(self) -> None:
        """The server no longer has it: look again before the next question."""
        self._model = self.wishes.model

    def _ready(self) -> Client:
        if self._client is None:
            self._client = Client(self.address, self._find_key(self.address), self.wishes.limits)
        if not self._model:
            listing = self._client.models()
            if not listing.names:
                raise failures.model_missing(self.address.url, "")
            self._model = (listing.chat or listing.names)[0]
        return self._client


def connect(
    wishes: Wishes, find_key: Callable[[Address], str] = keys.find_if_needed
) -> Connection | StarlingError | None:
    """The connection that is wished for; None where there is none, the reason where the address is no address."""
    if not wishes.url.strip():
        return None
    try:
        return Connection(wishes, find_key)
    except StarlingError as error:
        return error
