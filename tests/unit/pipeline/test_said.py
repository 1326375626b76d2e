import pytest

from starling.pipeline.said import SaidReplies


@pytest.fixture
def said():
    replies = SaidReplies(tail_s=0.5)
    replies.began("first", 10.0)
    replies.ended(12.0)
    replies.began("second", 13.0)
    return replies


@pytest.mark.parametrize(
    ("start_s", "end_s", "heard"),
    [
        (8.0, 9.5, ""),
        (8.0, 10.5, "first"),
        (12.3, 12.8, "first"),  # its last sound was on its way
        (12.6, 12.9, ""),
        (11.0, 14.0, "first second"),
        (99.0, 99.5, "second"),  # still sounds
    ],
)
def test_heard_between(said, start_s, end_s, heard):
    assert said.heard_between(start_s, end_s) == heard


def test_last_end(said):
    assert SaidReplies(0.5).last_ended_s == float("-inf")
    assert said.last_ended_s == float("inf")
    said.ended(15.0)
    assert said.last_ended_s == 15.0
