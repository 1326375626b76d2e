"""The client against a server that streams, stalls, breaks off and lies."""

import json
import threading
import time

import pytest

from starling.assistant.llm.address import parse
from starling.assistant.llm.client import Client, Limits
from starling.core.errors import StarlingError
from tests.helpers import llm_server as server_replies
from tests.helpers.llm_server import LlmServer, call, raw, say, say_then_break, say_then_end, say_then_wait, status

QUICK = Limits(connect=1.0, first=0.3, between=0.3, total=1.5)
ASKED = [{"role": "user", "content": "hello"}]


def client_of(server, limits=QUICK, key=""):
    return Client(parse(server.url), key, limits)


def ask(server, limits=QUICK, tools=()):
    """The pieces that came, and the code of the error that ended them."""
    chat = client_of(server, limits).chat("test-model", ASKED, tools)
    pieces = []
    try:
        pieces.extend(chat)
    except StarlingError as error:
        return chat.text, error.code if error.message and error.fix else "lacks a fix"
    return "".join(pieces), ""


def test_a_reply_comes_word_by_word():
    with LlmServer(say("The sky is blue.")) as server:
        chat = client_of(server).chat("test-model", ASKED)
        assert list(chat) == ["The", " sky", " is", " blue."]
        assert (chat.text, chat.finish, chat.model) == ("The sky is blue.", "stop", "test-model")
        assert 0 < chat.first_text_s < 5
        assert server.asked == [{"model": "test-model", "messages": ASKED, "stream": True}]


def test_the_first_word_is_there_before_the_server_has_finished():
    go = threading.Event()
    with LlmServer(say_then_wait("The sky", go, " is blue.")) as server:
        pieces = iter(client_of(server, Limits()).chat("test-model", ASKED))
        assert next(pieces) == "The"
        assert server.finished == 0
        go.set()
        assert "".join(pieces) == " sky is blue."


def chunked(data):
    return json.dumps({"choices": [{"index": 0, "delta": data, "finish_reason": None}]})


LIES = {
    "not streamed": (
        status(200, {"choices": [{"message": {"content": "Whole."}, "finish_reason": "stop"}]}),
        ("Whole.", ""),
    ),
    "wrong content type": (
        raw(b'data: {"choices":[{"delta":{"content":"A"},"finish_reason":"stop"}]}\n\n', "text/plain"),
        ("A", ""),
    ),
    "no done but a reason": (
        raw(b'data: {"choices":[{"delta":{"content":"A"},"finish_reason":"stop"}]}\n\n'),
        ("A", ""),
    ),
    "ends in mid-sentence": (say_then_end("The sky is"), ("The sky is", "llm.broke_off")),
    "breaks off": (say_then_break("The sky is"), ("The sky is", "llm.broke_off")),
    "breaks off at once": (say_then_break(""), ("", "llm.broke_off")),
    "stalls in mid-sentence": (say_then_wait("The sky is"), ("The sky is", "llm.timeout")),
    "says nothing": (server_replies.silent, ("", "llm.timeout")),
    "keeps the line open": (server_replies.babble, ("", "llm.timeout")),
    "html": (raw(b"<html><body>Hello</body></html>", "text/html"), ("", "llm.bad_reply")),
    "invalid json": (raw(b'data: {"choices": [{"del\n\n'), ("", "llm.bad_reply")),
    "json of something else": (status(200, {"hello": "world"}), ("", "llm.bad_reply")),
    "empty stream": (raw(b""), ("", "llm.bad_reply")),
    "only done": (raw(b"data: [DONE]\n\n"), ("", "llm.bad_reply")),
    "an empty reply": (say(""), ("", "llm.bad_reply")),
    "a line without end": (server_replies.flood, ("", "llm.bad_reply")),
    "a huge word": (raw(b"data: " + chunked({"content": "x" * 990_000}).encode() + b"\n\n"), ("", "llm.too_long")),
    "cut by the server": (say("The sky", finish="length"), ("The sky", "llm.cut")),
    "error in the stream": (raw(b'data: {"error": {"message": "out of memory"}}\n\n'), ("", "llm.failed")),
    "unauthorised": (status(401, {"error": {"message": "bad key"}}), ("", "llm.unauthorised")),
    "forbidden": (status(403, ""), ("", "llm.unauthorised")),
    "wrong model": (status(404, {"error": {"message": 'model "x" not found'}}), ("", "llm.model_missing")),
    "wrong model, 400": (status(400, {"error": {"message": "The model x does not exist"}}), ("", "llm.model_missing")),
    "wrong path": (status(404, "<html>Not Found</html>", "text/html"), ("", "llm.http_404")),
    "too many": (status(429, ""), ("", "llm.busy")),
    "broken": (status(500, {"error": "CUDA error"}), ("", "llm.http_500")),
    "moved": (status(307, "", Location="http://127.0.0.1:9/v1"), ("", "llm.http_307")),
}


@pytest.mark.parametrize(("reply", "expected"), LIES.values(), ids=LIES)
def test_what_goes_wrong_has_a_code_and_keeps_what_came(reply, expected):
    with LlmServer(reply) as server:
        text, code = ask(server)
    if code == "llm.too_long":
        text = ""
    assert (text, code) == expected


def test_words_without_end_are_cut():
    with LlmServer(server_replies.endless("word " * 500)) as server:
        text, code = ask(server, Limits(total=20.0))
    assert code == "llm.too_long"
    assert len(text) < 110_000


def test_the_whole_reply_has_a_limit_too():
    with LlmServer(say("one two three four five six seven", each_s=0.1)) as server:
        text, code = ask(server, Limits(total=0.35))
    assert code == "llm.timeout"
    assert text.startswith("one two")
    assert "seven" not in text


def test_nobody_there():
    with LlmServer() as server:
        url = server.url
    chat = Client(parse(url), "", QUICK).chat("m", ASKED)
    with pytest.raises(StarlingError) as caught:
        list(chat)
    assert caught.value.code == "llm.unreachable"
    assert url in caught.value.message


def test_tools_that_the_model_does_not_know():
    reply = status(400, {"error": {"message": "registry.ollama.ai/x does not support tools"}})
    with LlmServer(reply, reply) as server:
        assert ask(server, tools=[{"type": "function"}]) == ("", "llm.no_tools")
        assert ask(server) == ("", "llm.http_400")


def test_tool_calls_in_fragments():
    with LlmServer(call(("add", {"a": 1}), ("list", {}), text="Let me see.", piece=2)) as server:
        chat = client_of(server).chat("m", ASKED)
        assert "".join(chat) == "Let me see."
    assert [(made.name, made.arguments) for made in chat.calls()] == [("add", '{"a": 1}'), ("list", "{}")]
    assert chat.finish == "tool_calls"


@pytest.mark.alone
@pytest.mark.parametrize("before", ["", "The sky"])
def test_a_cancelled_reply_ends_at_once_and_the_server_notices(before):
    with LlmServer(say_then_wait(before) if before else server_replies.silent) as server:
        chat = client_of(server, Limits()).chat("m", ASKED)
        pieces = []
        thread = threading.Thread(target=lambda: pieces.extend(chat))
        thread.start()
        server.wait_asked(1)
        if before:
            deadline = time.monotonic() + 5
            while chat.text != before and time.monotonic() < deadline:
                time.sleep(0.01)
        began = time.monotonic()
        chat.cancel()
        thread.join(5)
        assert time.monotonic() - began < 0.3
        assert server.hung_up.wait(2)
    assert (chat.text, chat.cancelled) == (before, True)
    assert "".join(pieces) == before


def test_a_reply_cancelled_before_it_begins_asks_nobody():
    with LlmServer() as server:
        chat = client_of(server).chat("m", ASKED)
        chat.cancel()
        assert list(chat) == []
        assert server.asked == []


def test_the_key_is_sent_and_never_shown():
    with LlmServer(status(401, {"error": {"message": "bad key"}})) as server:
        client = client_of(server, key="sk-secret")
        with pytest.raises(StarlingError) as caught:
            list(client.chat("m", ASKED))
        assert server.headers[0]["Authorization"] == "Bearer sk-secret"
    assert "secret" not in str(caught.value)


def test_a_key_does_not_travel_in_clear():
    client = Client(parse("http://192.0.2.1:9/v1"), "sk-secret", QUICK)
    with pytest.raises(StarlingError) as caught:
        list(client.chat("m", ASKED))
    assert caught.value.code == "llm.key_in_clear"


def test_models():
    with LlmServer(models={"data": [{"id": "b"}, {"id": "a"}, {"id": "nomic-embed-text"}]}) as server:
        found = client_of(server).models()
    assert (found.names, found.chat) == (("b", "a", "nomic-embed-text"), ("b", "a"))


@pytest.mark.parametrize(
    "body", ["<html>", {"data": 3}, {"data": [3]}, {"data": [{"id": 5}]}, 7, {"data": [{"id": ""}]}]
)
def test_a_list_that_is_none(body):
    with LlmServer(models=status(200, body)) as server, pytest.raises(StarlingError) as caught:
        client_of(server).models()
    assert caught.value.code == "llm.bad_reply"
