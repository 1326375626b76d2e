"""A conversation with a language model: questions, streamed replies, tools, and the user's word before any change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from starling.assistant.llm import failures, prompts
from starling.assistant.llm.client import Chat
from starling.assistant.llm.connection import Connection
from starling.assistant.llm.deltas import Call
from starling.assistant.llm.exchange import Exchange
from starling.assistant.llm.memory import Memory
from starling.assistant.llm.questions import NOTHING, Question
from starling.assistant.tools.declaration import Prepared, ToolError
from starling.assistant.tools.toolbox import Toolbox
from starling.core.errors import StarlingError

MOST_ROUNDS = 6
"""Requests for one question of the user; the last one offers no tools."""
MOST_CALLS = 6
"""Calls of one round that are done."""
MOST_QUESTIONS = 4
"""The user is asked no more often than this for one question of theirs."""
QUESTION_OPEN_S = 30.0
LONGEST_QUESTION = 8000
"""Characters of the user's own words."""


Outcome = Literal["yes", "no", "unanswered"]
"""How a question to the user ended."""


@dataclass(frozen=True)
class Used:
    """A tool call and what became of it: ``done``, ``read``, ``refused``, ``unanswered``, ``failed``, ``asked``."""

    name: str
    arguments: str
    outcome: str


@dataclass
class _Pending:
    """A change that waits for the user's word."""

    exchange: Exchange
    call: Call
    prepared: Prepared
    later: list[Call]
    since_s: float
    question: str = ""


class Telling:
    """One reply: iterate it for its pieces, on any one thread; each is given once.

    Iterating raises StarlingError where the model fails; what came before stays said.

    Attributes:
        used: the tools that were called.
        first_text_s: from the request to the first words of the first round that had any; None without words.
        model: that answered.
    """

    def __init__(self, dialogue: Dialogue, exchange: Exchange) -> None:
        self.used: list[Used] = []
        self.first_text_s: float | None = None
        self.model = ""
        self._dialogue = dialogue
        self._exchange = exchange
        self._since = exchange.length
        self._lock = threading.Lock()
        self._chat: Chat | None = None
        self._cancelled = False
        self._calls: list[Call] = []
        self._results: list[str] = []
        self._text = ""
        self._over = False

    def after(self, calls: list[Call]) -> Telling:
        """Go on with calls of an earlier reply."""
        self._calls = calls
        return self

    @property
    def cancelled(self) -> bool:
        """Whether it was ended before its end."""
        return self._cancelled

    def cancel(self) -> None:
        """End it at once, from any thread."""
        with self._lock:
            self._cancelled = True
            chat = self._chat
        if chat is not None:
            chat.cancel()

    def ended(self, said: str | None) -> None:
        """It was spoken; ``said`` is what was heard of it, None for all."""
        if self._over:
            return
        self._over = True
        if said is not None:
            self.cancel()
            self._exchange.heard(said, self._since)
        self._dialogue.finished(self._exchange)

    def __iter__(self) -> Iterator[str]:
        """The pieces of text; a :class:`Question` is the last one where the user is asked something."""
        try:
            yield from self._run()
        except StarlingError as error:
            self._dialogue.failed(error)
            yield from self._unsaid_results()
            raise
        finally:
            if self._cancelled and not self._dialogue.waits_for(self._exchange):
                self._exchange.settle_all(prompts.STOPPED)

    def _run(self) -> Iterator[str]:
        calls = self._calls
        while not self._cancelled:
            question = self._work(calls)
            if question:
                yield from self._unsaid_results()
                yield question.worded(f" {question}" if self._text else question)
                return
            said = len(self._text)
            calls = yield from self._round()
            if len(self._text) > said:
                self._results = []
            if not calls:
                yield from self._unsaid_results()
                return

    def _round(self) -> Generator[str, None, list[Call]]:
        """Ask the model once; returns its calls."""
        exchange = self._exchange
        exchange.begin()
        chat = self._dialogue.chat(exchange)
        with self._lock:
            self._chat = chat
            if self._cancelled:
                return []
        self.model = chat.model
        between = " " if self._text else ""
        for piece in chat:
            self.first_text_s = self.first_text_s or chat.first_text_s
            yield self._grown(between + piece)
            between = ""
        self.model = chat.model
        if chat.cancelled:
            return []
        if exchange.rounds >= MOST_ROUNDS:
            if not self._text:
                raise failures.too_many_tools(self.model)
            return []
        calls = _once(chat.calls())
        exchange.call(calls)
        return calls

    def _grown(self, piece: str) -> str:
        self._text += piece
        self._exchange.say(piece)
        return piece

    def _work(self, calls: list[Call]) -> Question:
        """Do the calls in order; the question to the user where one of them needs it."""
        for place, call in enumerate(calls):
            if self._cancelled:
                return NOTHING
            if place >= MOST_CALLS:
                self._settle(call, "failed", prompts.FAILED, "too many calls at once")
                continue
            question = self._do(call, calls[place + 1 :])
            if question:
                return question
        return NOTHING

    def _do(self, call: Call, later: list[Call]) -> Question:
        dialogue, exchange = self._dialogue, self._exchange
        try:
            prepared = dialogue.toolbox.prepare(call.name, call.arguments)
            if prepared.question:
                if (call.name, call.arguments) in exchange.refused:
                    self._settle(call, "refused", prompts.REFUSED)
                    return NOTHING
                if exchange.asked >= MOST_QUESTIONS:
                    raise ToolError("the user was asked too often already")
                exchange.asked += 1
                self.used.append(Used(call.name, call.arguments, "asked"))
                return dialogue.ask_user(exchange, call, prepared, later)
            self._settle(call, "read", prompts.READ, prepared.run())
        except ToolError as error:
            self._settle(call, "failed", prompts.FAILED, str(error))
        return NOTHING

    def _settle(self, call: Call, outcome: str, told: str, data: object = None) -> None:
        self.used.append(Used(call.name, call.arguments, outcome))
        self._exchange.settle(call, prompts.result(told, data))

    def _unsaid_results(self) -> Iterator[str]:
        """What was done is said even where the model says nothing about it."""
        results, self._results = self._results, []
        text = " ".join(results)
        if text and not self._cancelled:
            yield self._grown(f" {text}" if self._text else text)


class Dialogue:
    """Holds the conversation. Everything but :meth:`Telling.cancel` is called by one thread at a time.

    Args:
        toolbox: what the model may use.
        clock: local time, aware.
        elapsed: seconds that setting the wall clock does not move.
        resolved: told how a question to the user ended: ``yes``, ``no`` or ``unanswered``.
    """

    def __init__(
        self,
        toolbox: Toolbox,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float],
        resolved: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        self.toolbox = toolbox
        self.resolved = resolved
        self._clock = clock
        self._elapsed = elapsed
        self._memory = Memory()
        self._connection: Connection | None = None
        self._pending: _Pending | None = None

    @property
    def connection(self) -> Connection | None:
        """The server in use."""
        return self._connection

    @property
    def question(self) -> str:
        """What the user is asked right now; empty for nothing."""
        return self._pending.question if self._pending else ""

    def use(self, connection: Connection | None) -> None:
        """Talk to this server from now on. What was said to another one is not told to it."""
        old, self._connection = self._connection, connection
        if connection is not None:
            self._memory.bound(connection.wishes.bounds)
        if (old and old.address.origin) != (connection and connection.address.origin):
            self.forget()

    def forget(self) -> None:
        """Begin a new conversation."""
        self._drop_question("unanswered")
        self._memory.forget()

    def note(self, request: str, answer: str) -> None:
        """A skill answered: the model knows of it when it is asked next."""
        if self._connection is not None:
            self._drop_question("unanswered")
            messages = [{"role": "user", "content": request}, {"role": "assistant", "content": answer}]
            self._memory.add(messages, self._elapsed())

    def ask(self, request: str) -> Telling:
        """Answer a question; an open question to the user counts as unanswered."""
        self._drop_question("unanswered")
        return Telling(self, Exchange(request[:LONGEST_QUESTION]))

    def answer(self, yes: bool) -> Telling | None:
        """The user's word on the open question; None where nothing is asked any more."""
        self.expire()
        pending, self._pending = self._pending, None
        if pending is None:
            return None
        self.resolved("yes" if yes else "no")
        telling = Telling(self, pending.exchange).after(pending.later)
        call = pending.call
        if not yes:
            pending.exchange.refused.add((call.name, call.arguments))
            telling._settle(call, "refused", prompts.REFUSED)
            telling._results = ["Okay, I leave it."]
            return telling
        try:
            told = str(pending.prepared.run())
            telling._settle(call, "done", prompts.DONE, told)
        except ToolError as error:
            told = f"I could not do that: {error}."
            telling._settle(call, "failed", prompts.FAILED, str(error))
        telling._results = [told]
        return telling

    def decline(self) -> bool:
        """The user wants none of it, and nothing more to be said; whether something was asked."""
        if self._pending:
            self._drop_question("no")
            return True
        return False

    def leave_question(self) -> None:
        """The user went on to something else: an open question is unanswered."""
        self._drop_question("unanswered")

    def expire(self) -> None:
        """Drop a question that nobody answered in time."""
        left = self.seconds_to_expiry()
        if left is not None and left <= 0:
            self._drop_question("unanswered")

    def seconds_to_expiry(self) -> float | None:
        """Until the open question counts as unanswered; None where nothing is asked."""
        return self._pending.since_s + QUESTION_OPEN_S - self._elapsed() if self._pending else None

    def heard_question(self) -> None:
        """The question was just spoken: the time for an answer begins."""
        if self._pending:
            self._pending.since_s = self._elapsed()

    # -- for Telling -------------------------------------------------------------------------------------------

    def chat(self, exchange: Exchange) -> Chat:
        """Ask the model. Raises StarlingError."""
        connection = self._connection
        if connection is None:
            raise StarlingError("llm.none", "No language model is connected.", "Connect one in the preferences.")
        tools = connection.wishes.tools and exchange.rounds < MOST_ROUNDS
        first = {"role": "system", "content": prompts.system(connection.wishes.prompt, self._clock(), tools=tools)}
        messages = [first, *self._memory.messages(self._elapsed()), *exchange.messages]
        return connection.chat(messages, self.toolbox.schemas() if tools else ())

    def ask_user(self, exchange: Exchange, call: Call, prepared: Prepared, later: list[Call]) -> Question:
        """Wait for the user's word on a change; returns the question."""
        self._pending = _Pending(exchange, call, prepared, later, self._elapsed(), prepared.question)
        return Question(f"{prepared.question} Yes or no?", call.name, prepared.given)

    def failed(self, error: StarlingError) -> None:
        """The model could not answer."""
        if self._connection is not None and error.code == "llm.model_missing":
            self._connection.forget_model()

    def waits_for(self, exchange: Exchange) -> bool:
        """Whether the open question belongs to this exchange."""
        return self._pending is not None and self._pending.exchange is exchange

    def finished(self, exchange: Exchange) -> None:
        """A reply is over; while a question is open its exchange goes on."""
        if self.waits_for(exchange):
            self.heard_question()
            return
        if exchange.anything:
            self._memory.add(exchange.messages, self._elapsed())

    def _drop_question(self, outcome: Outcome) -> None:
        pending, self._pending = self._pending, None
        if pending is None:
            return
        told = prompts.REFUSED if outcome == "no" else prompts.UNANSWERED
        pending.exchange.settle_all(told)
        self._memory.add(pending.exchange.messages, self._elapsed())
        self.resolved(outcome)


def _once(calls: list[Call]) -> list[Call]:
    """Each call with an id of its own: some servers give all the same one."""
    found: dict[str, Call] = {}
    for call in calls:
        name = call.id if call.id not in found else f"{call.id}-{len(found)}"
        found[name] = Call(name, call.name, call.arguments)
    return list(found.values())
