"""JSON chunks to text and tool calls."""

import json

import pytest

from starling.assistant.llm.deltas import Assembly, BadChunkError, Call, ReportedError, reason_of
from starling.assistant.llm.thinking import ThinkFilter


def chunk(finish=None, **delta):
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def tool(index=0, id=None, name=None, arguments=None):
    part = {"index": index, "function": {"name": name, "arguments": arguments}}
    return {**part, "id": id} if id else part


TEXTS = {
    "words": ([chunk(role="assistant", content=""), chunk(content="A"), chunk(content=" b"), chunk("stop")], "A b"),
    "null content": ([chunk(content=None), chunk(content="A")], "A"),
    "parts": ([chunk(content=[{"type": "text", "text": "A"}, {"type": "image"}])], "A"),
    "reasoning is not said": ([chunk(reasoning_content="hmm"), chunk(reasoning="hm"), chunk(content="A")], "A"),
    "thinking is not said": ([chunk(content="<thi"), chunk(content="nk>hm</thin"), chunk(content="k>\n\nA")], "A"),
    "other choices": ([json.dumps({"choices": [{"index": 1, "delta": {"content": "B"}}]}), chunk(content="A")], "A"),
    "usage": ([chunk(content="A"), json.dumps({"choices": [], "usage": {"total_tokens": 3}})], "A"),
    "no delta": ([json.dumps({"choices": [{"finish_reason": None}]}), chunk(content="A")], "A"),
    "whole message": ([json.dumps({"choices": [{"message": {"content": "A"}, "finish_reason": "stop"}]})], "A"),
    "two objects in one event": ([chunk(content="A") + "\n" + chunk(content="B")], "AB"),
    "done": ([chunk(content="A"), "[DONE]"], "A"),
    "an empty error": ([json.dumps({"error": None, "choices": [{"delta": {"content": "A"}}]})], "A"),
}


@pytest.mark.parametrize(("events", "expected"), TEXTS.values(), ids=TEXTS)
def test_text(events, expected):
    assembly = Assembly()
    assert "".join([*map(assembly.take, events), assembly.end()]) == expected


CALLS = {
    "fragments": (
        [[tool(0, "a", "f", "")], [tool(0, arguments='{"x"')], [tool(0, arguments=": 1}")]],
        [Call("a", "f", '{"x": 1}')],
    ),
    "two, interleaved": (
        [[tool(0, "a", "f", "")], [tool(1, "b", "g", "")], [tool(0, arguments="{}"), tool(1, arguments="[]")]],
        [Call("a", "f", "{}"), Call("b", "g", "[]")],
    ),
    "whole at once": (
        [[tool(0, "a", "f", "{}"), tool(1, "b", "g", "{}")]],
        [Call("a", "f", "{}"), Call("b", "g", "{}")],
    ),
    "name repeated": ([[tool(0, "a", "f", "{")], [tool(0, "a", "f", "}")]], [Call("a", "f", "{}")]),
    "no id": ([[tool(0, None, "f", "{}")]], [Call("call_0", "f", "{}")]),
    "arguments as an object": ([[tool(0, "a", "f", {"x": 1})]], [Call("a", "f", '{"x": 1}')]),
    "every call is number 0": (
        [[tool(0, "a", "f", "{}")], [tool(0, "b", "g", "{}")]],
        [Call("a", "f", "{}"), Call("b", "g", "{}")],
    ),
    "no index": (
        [[{"id": "a", "function": {"name": "f", "arguments": "{"}}], [{"function": {"arguments": "}"}}]],
        [Call("a", "f", "{}")],
    ),
    "no index, by id": (
        [
            [{"id": "a", "function": {"name": "f", "arguments": "{}"}}],
            [{"id": "b", "function": {"name": "g", "arguments": "{}"}}],
        ],
        [Call("a", "f", "{}"), Call("b", "g", "{}")],
    ),
    "no arguments": ([[tool(0, "a", "f", None)]], [Call("a", "f", "")]),
    "not JSON": ([[tool(0, "a", "f", "{x")]], [Call("a", "f", "{x")]),
}


@pytest.mark.parametrize(("fragments", "expected"), CALLS.values(), ids=CALLS)
def test_calls(fragments, expected):
    assembly = Assembly()
    for calls in fragments:
        assert assembly.take(chunk(tool_calls=calls)) == ""
    assembly.take(chunk("tool_calls"))
    assert assembly.calls() == expected
    assert assembly.finish == "tool_calls"


BAD = {
    "html": "<html>",
    "cut": '{"choices": [{"del',
    "a list": "[1]",
    "a number": "3",
    "no choices": '{"hello": 1}',
    "choices no list": '{"choices": 3}',
    "choice no object": '{"choices": [3]}',
    "delta no object": '{"choices": [{"delta": 3}]}',
    "content a number": '{"choices": [{"delta": {"content": 3}}]}',
    "call without function": '{"choices": [{"delta": {"tool_calls": [{}]}}]}',
    "call a text": '{"choices": [{"delta": {"tool_calls": ["f"]}}]}',
    "calls no list": '{"choices": [{"delta": {"tool_calls": 5}}]}',
    "too many calls": json.dumps(
        {"choices": [{"delta": {"tool_calls": [tool(n, f"{n}", "f", "{}") for n in range(40)]}}]}
    ),
    "endless arguments": chunk(tool_calls=[tool(0, "a", "f", "x" * 30_000)]),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_no_chat_is_refused(data):
    with pytest.raises(BadChunkError):
        Assembly().take(data)


@pytest.mark.parametrize("error", [{"message": "out of memory"}, "out of memory", {"code": "out of memory"}])
def test_an_error_in_the_stream(error):
    with pytest.raises(ReportedError, match="out of memory"):
        Assembly().take(json.dumps({"error": error}))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"error": {"message": "no such model"}}', "no such model"),
        ('{"error": "no such model"}', "no such model"),
        ('{"detail": "no"}', "no"),
        ('{"message": "no"}', "no"),
        ("plain words", "plain words"),
        ("<html><title>404</title></html>", ""),
        ("[3]", ""),
        ("", ""),
    ],
)
def test_reasons(body, reason):
    assert reason_of(body) == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no marks", "no marks"),
        ("<think>a</think>b", "b"),
        ("<think>a</think>\n\n b", "b"),
        ("a < b and <b>", "a < b and <b>"),
        ("<think>never ends", ""),
        ("a<think></think>b<think>x</think>c", "abc"),
        ("ends with <thi", "ends with <thi"),
        ("a</think>b", "a</think>b"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_thinking(text, expected, size):
    thinking = ThinkFilter()
    pieces = [thinking.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join([*pieces, thinking.finish()]) == expected
