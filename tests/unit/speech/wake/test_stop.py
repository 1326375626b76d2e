from __future__ import annotations

import pytest

from starling.speech.wake.stop import StopPhrase

WEATHER = "It is half past three and the sun is shining."

STOPS = [
    "stop",
    "Stop.",
    "STOP!",
    "stop stop stop",
    "Please stop",
    "stop please",
    "Stop now, please.",
    "Okay, stop.",
    "stop it",
    "Stop talking!",
    "Be quiet.",
    "be quite",  # recognisers exchange them
    "shut up",
    "That's enough.",
    "that’s enough",  # noqa: RUF001
    "thats enough",
    "cancel",
    "Cancel, please.",
    "starling stop",
    "Starling, stop!",
    "hey starling stop",
    "Hey Starling, be quiet",
    "hay sterling stop",
    "stop starling",
    "Stop, hey Starling",
    "the sun is shining stop",  # its own voice, then the user's
]

GOES_ON = [
    "",
    "...",
    "hey starling",
    "starling",
    "please",
    "don't stop",
    "Do not stop.",
    "never stop",
    "where is the bus stop",
    "it was a full stop",
    "I want to cancel",
    "stop the timer",
    "cancel the timer",
    "what time is it",
    "step",
    "top",
    "shop",
    "stopped",
    "council",
    "quiet",
    "enough",
    "that's",
    "be",
]


@pytest.mark.parametrize("text", STOPS)
def test_stops(text: str) -> None:
    assert StopPhrase("hey starling").is_stop(text, WEATHER)


@pytest.mark.parametrize("text", GOES_ON)
def test_goes_on(text: str) -> None:
    assert not StopPhrase("hey starling").is_stop(text, WEATHER)


@pytest.mark.parametrize(
    ("text", "speaking", "expected"),
    [
        ("stop", "Say stop to end it.", False),
        ("stop", "I stopped the timer.", False),
        ("stop", "Your stopwatch runs.", False),
        ("cancel", "Ask your counsel.", False),
        ("be quiet", "Say stop to end it.", True),
        ("be quiet", "The quiet ones will be here.", False),
        ("be quiet", "The quiet ones are here.", True),
        ("starling stop", "I stopped the timer.", True),
        ("hey starling stop", "I stopped the timer.", True),
        ("starling stop", "To end it say starling, stop.", False),
        ("hey starling stop", "To end it say starling, stop.", True),
        ("hey starling stop", "Say hey Starling, then stop.", False),
        ("stop", "", True),
    ],
)
def test_its_own_reply_cannot_stop_it(text: str, speaking: str, expected: bool) -> None:
    assert StopPhrase("hey starling").is_stop(text, speaking) is expected


@pytest.mark.parametrize(
    "phrase", ["stop", "stop it", "stop talking", "be quiet", "shut up", "that's enough", "cancel"]
)
def test_no_reply_that_says_a_phrase_is_stopped_by_any_end_of_it(phrase: str) -> None:
    reply = f"You can tell me to {phrase}"
    words = reply.split()
    stop = StopPhrase("hey starling")
    assert not any(stop.is_stop(" ".join(words[first:]), reply) for first in range(len(words)))


def test_phrases_of_ones_own() -> None:
    stop = StopPhrase("computer", ("silence",))
    assert stop.is_stop("Computer, silence!", WEATHER)
    assert stop.is_stop("silence", WEATHER)
    assert not stop.is_stop("stop", WEATHER)


def test_without_a_wake_phrase() -> None:
    assert StopPhrase("").is_stop("stop", WEATHER)
