"""A language model server on the loopback that says what a test tells it to: word by word, slow, broken or lying."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

WAIT_S = 20.0


class HungUpError(Exception):
    """The client is gone."""


class Exchange:
    """One request, and the means to answer it badly."""

    def __init__(self, server: LlmServer, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.server = server
        self.body = body
        self._handler = handler

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Connection", "close")
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.close_connection = True

    def send(self, data: bytes) -> None:
        try:
            self._handler.wfile.write(data)
            self._handler.wfile.flush()
        except OSError:
            raise HungUpError from None

    def event(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.send(f"data: {text}\n\n".encode())

    def delta(self, finish: str | None = None, **delta: Any) -> None:
        model = self.body.get("model") or "none"
        self.event({"model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def words(self, text: str, each_s: float = 0.0) -> None:
        """As models do: each word with the space before it."""
        for number, word in enumerate(text.split(" ")):
            self.delta(content=f" {word}" if number else word)
            if each_s:
                time.sleep(each_s)

    def done(self, finish: str = "stop") -> None:
        self.delta(finish)
        self.event("[DONE]")

    def hang(self, go: threading.Event | None = None) -> None:
        """Say nothing more until ``go``; raises HungUpError when the client leaves or the server closes."""
        deadline = time.monotonic() + WAIT_S
        while not (go and go.is_set()):
            ready, _, _ = select.select([self._handler.connection], [], [], 0.01)
            if ready and not self._handler.connection.recv(1):
                raise HungUpError
            if self.server.closing or time.monotonic() > deadline:
                raise HungUpError

    def break_off(self) -> None:
        """Reset the connection."""
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self._handler.connection.close()
        raise HungUpError


Reply = Callable[[Exchange], None]


def say(text: str, each_s: float = 0.0, finish: str = "stop") -> Reply:
    """Stream a text word by word, and end well."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.words(text, each_s)
        exchange.done(finish)

    return reply


def say_then_wait(before: str, go: threading.Event | None = None, after: str = "") -> Reply:
    """Stream the first words, be silent until ``go`` (for ever without one), then the rest."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.words(before)
        exchange.hang(go)
        exchange.words(after)
        exchange.done()

    return reply


def say_then_end(text: str) -> Reply:
    """Stream some words and close the connection, without an end."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.words(text)

    return reply


def say_then_break(text: str, go: threading.Event | None = None) -> Reply:
    """Stream some words and reset the connection, after ``go`` if there is one."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.words(text)
        if go:
            exchange.hang(go)
        exchange.break_off()

    return reply


def call(*calls: tuple[str, Any], text: str = "", piece: int = 5) -> Reply:
    """Call tools, arguments in pieces over several deltas. Arguments that are no text become JSON."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        if text:
            exchange.words(text)
        for index, (name, arguments) in enumerate(calls):
            written = arguments if isinstance(arguments, str) else json.dumps(arguments)
            first = {"index": index, "id": f"c{index}", "type": "function", "function": {"name": name, "arguments": ""}}
            exchange.delta(tool_calls=[first])
            for at in range(0, len(written), piece):
                part = {"index": index, "function": {"arguments": written[at : at + piece]}}
                exchange.delta(tool_calls=[part])
        exchange.done("tool_calls")

    return reply


def status(code: int, body: Any = "", kind: str = "application/json", **headers: str) -> Reply:
    """An answer that is no stream."""

    def reply(exchange: Exchange) -> None:
        exchange.head(code, kind, **headers)
        exchange.send((body if isinstance(body, str) else json.dumps(body)).encode())

    return reply


def raw(data: bytes, kind: str = "text/event-stream") -> Reply:
    """These bytes."""

    def reply(exchange: Exchange) -> None:
        exchange.head(200, kind)
        exchange.send(data)

    return reply


def silent(exchange: Exchange) -> None:
    """Accept the request, and never answer."""
    exchange.hang()


def endless(word: str = "more ") -> Reply:
    """Words without end."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        while not exchange.server.closing:
            exchange.delta(content=word)
        raise HungUpError

    return reply


def flood(exchange: Exchange) -> None:
    """A line without end."""
    exchange.head()
    exchange.send(b"data: ")
    while not exchange.server.closing:
        exchange.send(b"x" * 65536)
    raise HungUpError


def babble(exchange: Exchange) -> None:
    """Comments without end, and no word."""
    exchange.head()
    while not exchange.server.closing:
        exchange.send(b": still here\n\n")
        time.sleep(0.01)
    raise HungUpError


class LlmServer:
    """Answers ``/v1/models`` and ``/v1/chat/completions``; ended on exit.

    Attributes:
        replies: what the next chat requests get, in order; after them everything is answered by "All right."
        asked: the bodies of the chat requests.
        headers: their headers.
        models: the body of the list of models, or a reply.
        hung_up: set when a client left before the reply was over.
        finished: number of chat replies that were sent to their end.
    """

    def __init__(self, *replies: Reply, models: Any = None) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.models: Any = {"data": [{"id": "test-model", "owned_by": "tests"}]} if models is None else models
        self.hung_up = threading.Event()
        self.closing = False
        self.finished = 0
        self.listed = 0
        self._changed = threading.Condition()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="llm-server")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> LlmServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End it, in the middle of whatever it says. A second call does nothing."""
        self.closing = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_asked(self, count: int, timeout_s: float = 10.0) -> dict[str, Any]:
        """Wait until so many chat requests came; the last one's body."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= count, timeout_s), f"{len(self.asked)} of {count}"
            return self.asked[count - 1]

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        with self._changed:
            self.asked.append(body)
            self.headers.append(dict(handler.headers.items()))
            reply = self.replies.pop(0) if self.replies else say("All right.")
            self._changed.notify_all()
        self._give(reply, handler, body)

    def list_models(self, handler: BaseHTTPRequestHandler) -> None:
        self.listed += 1
        self._give(self.models if callable(self.models) else status(200, self.models), handler, {})

    def _give(self, reply: Reply, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        try:
            reply(Exchange(self, handler, body))
            self.finished += bool(body)
        except HungUpError:
            self.hung_up.set()
            handler.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, owner: LlmServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    wbufsize = 0
    timeout = WAIT_S

    def do_GET(self) -> None:
        if self.path.endswith("/models"):
            self.server.owner.list_models(self)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.owner.answer(self, body)

    def log_message(self, *_: Any) -> None:
        """Tests say nothing."""


def texts_of(body: dict[str, Any], role: str) -> Iterator[str]:
    """The contents of a request's messages of one role."""
    return (str(message.get("content")) for message in body["messages"] if message["role"] == role)
