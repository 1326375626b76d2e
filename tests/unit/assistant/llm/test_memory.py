"""What is remembered, and for how long."""

import pytest

from starling.assistant.llm.deltas import Call
from starling.assistant.llm.exchange import Exchange
from starling.assistant.llm.memory import Bounds, Memory
from starling.assistant.llm.prompts import LONGEST_RESULT, result


def exchange(question, answer="yes"):
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def kept(memory, now_s=0.0):
    return [message["content"] for message in memory.messages(now_s) if message["role"] == "user"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (Bounds(turns=10), ["a", "b", "c"]),
        (Bounds(turns=2), ["b", "c"]),
        (Bounds(turns=0), []),
        (Bounds(characters=8), ["b", "c"]),
        (Bounds(characters=3), []),
    ],
)
def test_the_oldest_make_room(bounds, expected):
    memory, later = Memory(bounds), Memory(Bounds(turns=99))
    for question in "abc":
        memory.add(exchange(question), 0.0)
        later.add(exchange(question), 0.0)
    later.bound(bounds)
    assert kept(memory) == kept(later) == expected


@pytest.mark.parametrize(("silence_s", "later_s", "left"), [(60, 59, ["a"]), (60, 61, []), (0, 1e9, ["a"])])
def test_a_silence_ends_the_conversation(silence_s, later_s, left):
    memory = Memory(Bounds(silence_s=silence_s))
    memory.add(exchange("a"), 100.0)
    assert kept(memory, 100.0 + later_s) == left


def test_every_call_has_a_result_whatever_happens():
    talk = Exchange("q")
    talk.begin()
    talk.say("Let me see.")
    talk.call([Call("a", "f", "{}"), Call("b", "g", "not json")])
    talk.settle(Call("a", "f", "{}"), result("done"))
    talk.say("ignored while a call is open")
    assert [message["role"] for message in talk.messages] == ["user", "assistant", "tool", "tool"]
    assert talk.messages[1]["tool_calls"][1]["function"]["arguments"] == "{}"
    assert "did not answer" in talk.messages[3]["content"]
    talk.settle_all("stopped")
    assert "stopped" in talk.messages[3]["content"]


@pytest.mark.parametrize(
    ("heard", "left"),
    [("One. Two. Three.", ["One.", " Two. Three."]), ("One. Two.", ["One.", " Two."]), ("One.", ["One."]), ("", [])],
)
def test_what_was_heard(heard, left):
    talk = Exchange("q")
    for pieces in (["One."], [" Two.", " Three."]):
        talk.begin()
        for piece in pieces:
            talk.say(piece)
    talk.heard(heard, 1)
    assert [message["content"] for message in talk.messages[1:]] == left


def test_a_result_is_one_object_and_bounded():
    text = result("read", {"notes": ["x" * 100_000]})
    assert len(text) <= LONGEST_RESULT
    assert '"outcome": "read"' in text
