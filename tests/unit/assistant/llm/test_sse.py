"""Bytes to events, however they are cut."""

import pytest

from starling.assistant.llm.sse import LONGEST_EVENT, EventParser, TooLongError

STREAMS = {
    "one event": (b"data: a\n\n", ["a"]),
    "no space": (b"data:a\n\n", ["a"]),
    "only one space goes": (b"data:  a\n\n", [" a"]),
    "crlf": (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    "cr": (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    "mixed": (b"data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
    "several lines": (b"data: a\ndata: b\n\n", ["a\nb"]),
    "comments and other fields": (b": ping\nevent: x\nid: 3\nretry: 5\ndata: a\n\n: ping\n\n", ["a"]),
    "no end": (b"data: a\n\ndata: b", ["a", "b"]),
    "no blank line at the end": (b"data: a\n", ["a"]),
    "empty data": (b"data\n\ndata:\n\n", ["", ""]),
    "byte order mark": (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    "letters of several bytes": ("data: Übermut 🐦\n\n".encode(), ["Übermut 🐦"]),
    "bytes that are no text": (b"data: a\xffb\n\n", ["a\ufffdb"]),
    "colon in data": (b'data: {"a": 1}\n\n', ['{"a": 1}']),
    "nothing": (b"", []),
    "html": (b"<html><body>No</body></html>\n\n", []),
    "blank lines": (b"\n\n\r\n\r\n", []),
    "field without colon": (b"nonsense\ndata: a\n\n", ["a"]),
}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(("stream", "expected"), STREAMS.values(), ids=STREAMS)
def test_events(stream, expected, size):
    parser = EventParser()
    found = []
    for at in range(0, len(stream), size):
        found += parser.feed(stream[at : at + size])
    assert found + parser.finish() == expected


@pytest.mark.parametrize("chunk", [b"x" * 10_000, b"data: xxxxxxxxxxxxxxxxx\n" * 500])
def test_an_event_that_does_not_end_is_refused(chunk):
    parser = EventParser()

    def feed():
        for _ in range(LONGEST_EVENT // 100):
            parser.feed(chunk)

    with pytest.raises(TooLongError):
        feed()
