"""What a test of a language model's server tells, against a real one on the loopback."""

import queue

import pytest

from starling.assistant.llm import keys
from starling.assistant.llm.client import Limits
from starling.assistant.llm.connection import Wishes
from starling.pipeline import events
from starling.pipeline.connections import Connections
from tests.helpers.llm_server import LlmServer, call, say, say_then_break, silent, status

WAIT_S = 10.0


class Page:
    def __init__(self, **wishes) -> None:
        self.told: queue.Queue = queue.Queue()
        wished = Wishes(limits=Limits(first=0.5, between=0.5), **wishes)
        self.connections = Connections(lambda: wished, self.told.put, lambda: ())

    def test(self, url: str, model: str = "") -> events.ConnectionTested:
        self.connections.test(url, model)
        return self.told.get(timeout=WAIT_S)


@pytest.fixture
def page(monkeypatch):
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    monkeypatch.setattr(keys, "_backend", lambda: None)
    made = Page()
    yield made
    made.connections.close()


@pytest.mark.parametrize(
    ("second", "tools"),
    [
        (call(("check", {})), "called"),
        (say("I cannot."), "ignored"),
        (status(400, {"error": {"message": "this model does not support tools"}}), "refused"),
        (status(500, "boom"), ""),
        (silent, ""),
        (say_then_break("Well"), ""),
    ],
)
def test_whether_the_model_uses_tools_is_tried(page, second, tools):
    with LlmServer(say("Hello."), second) as server:
        tested = page.test(server.url)
    assert (tested.reply, tested.model, tested.error, tested.tools) == ("Hello.", "test-model", None, tools)
    assert tested.first_text_ms > 0 < tested.listed_ms
    assert "tools" not in server.asked[0]
    assert [tool["function"]["name"] for tool in server.asked[1]["tools"]] == ["check"]


def test_it_is_not_tried_where_tools_are_not_wanted_or_nothing_answers(monkeypatch):
    page = Page(tools=False)
    with LlmServer(say("Hello.")) as server:
        assert page.test(server.url).tools == ""
        assert len(server.asked) == 1
    page.connections.close()


def test_a_failed_test_ends_there(page):
    with LlmServer(status(500, "boom")) as server:
        tested = page.test(server.url)
        assert (tested.error["code"], tested.tools, len(server.asked)) == ("llm.http_500", "", 1)


def test_a_machine_without_a_keyring_says_so(page):
    page.connections.look_up_key("http://127.0.0.1:9/v1")
    shown = page.told.get(timeout=WAIT_S)
    assert (shown.stored, shown.error["code"]) == (False, "llm.no_keyring")


def test_a_key_of_the_environment_needs_none(page, monkeypatch):
    monkeypatch.setenv(keys.VARIABLE, "sk-1")
    page.connections.look_up_key("http://127.0.0.1:9/v1")
    shown = page.told.get(timeout=WAIT_S)
    assert (shown.stored, shown.error) == (True, None)
