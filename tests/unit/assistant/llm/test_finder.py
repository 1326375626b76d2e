"""Servers of this machine, told apart by what they answer."""

import time

import pytest

from starling.assistant.llm.finder import PLACES, Place, find
from tests.helpers.llm_server import LlmServer, silent, status


def models(*names, owner="", **extra):
    return {"data": [{"id": name, "object": "model", "owned_by": owner, **extra} for name in names]}


@pytest.mark.parametrize(
    ("usual", "listed", "name", "chat"),
    [
        ("Ollama", models("qwen3:4b", "nomic-embed-text", owner="library"), "Ollama", ("qwen3:4b",)),
        ("Ollama", models("Qwen3-4B", owner="lemonade"), "Lemonade", ("Qwen3-4B",)),
        ("llama.cpp", models("model.gguf", owner="llamacpp"), "llama.cpp", ("model.gguf",)),
        ("llama.cpp", models("x", owner="me"), "Unknown server, at the port of llama.cpp", ("x",)),
        ("Lemonade", models("v", owner="lemonade", labels=["embeddings"]), "Lemonade", ("v",)),
        ("Lemonade", models(), "Unknown server, at the port of Lemonade", ()),
    ],
)
def test_a_server_is_named_by_evidence(usual, listed, name, chat):
    with LlmServer(models=listed) as server:
        (found,) = find([Place(usual, server.url)])
    assert (found.name, found.url, found.models, found.error) == (name, server.url, chat, None)
    assert found.evidence[0].startswith("GET /models answered with ")


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        (status(200, "<html>My router</html>", "text/html"), "llm.bad_reply"),
        (status(401, ""), "llm.unauthorised"),
        (status(404, ""), "llm.http_404"),
    ],
)
def test_what_is_no_server_says_why(listed, code):
    with LlmServer(models=listed) as server:
        (found,) = find([Place("Ollama", server.url)])
    assert found.error.code == code
    assert found.models == ()


def test_all_are_asked_at_once_and_nobody_is_waited_for():
    with LlmServer(models=silent) as slow, LlmServer(models=silent) as slower, LlmServer() as good:
        with LlmServer() as closed:
            gone = closed.url
        began = time.monotonic()
        found = find([Place("A", slow.url), Place("B", slower.url), Place("C", gone), Place("D", good.url)])
        assert time.monotonic() - began < 3.5
    assert found[0].url == good.url
    assert {server.error.code for server in found[1:]} == {"llm.timeout", "llm.unreachable"}


def test_only_this_machine_is_asked():
    assert {place.url.split(":")[1] for place in PLACES} == {"//127.0.0.1"}
    assert {place.url.split(":")[2] for place in PLACES} == {
        "13305/api/v1",
        "8000/api/v1",
        "52625/v1",
        "11434/v1",
        "8080/v1",
    }
