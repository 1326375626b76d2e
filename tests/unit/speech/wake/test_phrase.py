from __future__ import annotations

import pytest

from starling.speech.wake.phrase import Addressed, address, follow_up

PHRASE = "hey starling"

ADDRESSED = [
    ("hey starling what time is it", "what time is it"),
    ("Hey starling what time is it.", "what time is it."),
    ("Hey, Starling! What's 23 times 7?", "What's 23 times 7?"),
    ("HEY STARLING", ""),
    ("Hey Starling.", ""),
    ("hey starling…", ""),
    ("Hey Starling, — stop", "stop"),
    ("  hey   starling  ,  stop  ", "stop"),
    ("Hey, starling: set a timer for ten minutes", "set a timer for ten minutes"),
    ("“Hey Starling,” what can you do?", "what can you do?"),
    ("hay starling what time is it", "what time is it"),
    ("Hey star ling what time is it", "what time is it"),
    ("Hey star-ling, what time is it?", "what time is it?"),
    ("Hey Star Link, what time is it?", "what time is it?"),
    ("Hey Starlink, cancel the timer", "cancel the timer"),
    ("a starling what time is it", "what time is it"),
    ("A Starling, what time is it?", "what time is it?"),
    ("hey sterling what time is it", "what time is it"),
    ("Hey Stirling, add milk to my shopping list", "add milk to my shopping list"),
    ("Hi Starling, what's up", "what's up"),
    ("hey stalling what time is it", "what time is it"),
    ("Hey stahling, what time is it", "what time is it"),
    ("Hey startling, what time is it?", "what time is it?"),
    ("Hey Starlin, what time is it?", "what time is it?"),
    ("heystarling what time is it", "what time is it"),
    ("Ey starling what time is it", "what time is it"),
    ("Um, hey Starling, what time is it?", "what time is it?"),
    ("Oh, uh, hey Starling", ""),
    ("hey starling hey is for horses", "hey is for horses"),
    ("Hey starling 7 x 8", "7 x 8"),
    ("hey starling what’s the time", "what’s the time"),  # noqa: RUF001
    ("Hey Starling, ¿qué hora es?", "¿qué hora es?"),
]

NOT_ADDRESSED = [
    "",
    "...",
    "hey",
    "Hey.",
    "starling",
    "Starling, what time is it?",
    "what time is it hey starling",
    "I said hey starling",
    "they're starting the engine",
    "They are starting the engine.",
    "they are starling the engine",
    "They starve in winter",
    "hey starting tomorrow we have a new plan",
    "Hey, start the car",
    "Hey star, you are late",
    "hey darling what time is it",
    "Hey Darlene, come here",
    "hey stranger",
    "hey string theory is hard",
    "Hey, sailing is fun",
    "hey Stalin was a dictator",
    "Hey, styling matters",
    "Hey, staring is rude",
    "Hey, stirring the soup helps",
    "hey sparkling water please",
    "hey Marlin",
    "Hey Charlene, where is Dad?",
    "hey sister what time is it",
    "Hey, Stella!",
    "Hey Carling, a beer",
    "hey siri what time is it",
    "hey google",
    "hello starling",
    "okay starling what can you do",
    "Okay starlington hotspots.",
    "The starling is a bird",
    "Some starlings flew by",
    "starlight express",
    "a star is born",
    "A starting point is needed",
    "A stalwart friend",
    "a startled bird",
    "He started it",
    "His daughter is Lynn",
    "hasty decisions",
    "Hastings is a town",
    "history is long",
    "a story about Lynn",
    "Has darkness come",
    "hate is strong",
    "Heist movies are fun",
    "Pay Sterling Cooper",
    "May starling season begin",
    "We stared in silence",
    "Ask Darling about it",
    "is Darlington far",
    "Easter lingers on",
    "Hester likes it",
    "Astoria lingers",
    "What time is it?",
    "set a timer for ten minutes",
    "and so my fellow Americans",
    "go forward ten meters",
    "ask not what your country can do for you",
    "stop",
    "be quiet",
    "hello",
    "yes",
    "a",
    "привет",
]

SAME_SOUND = [
    "hey sterling silver is expensive",
    "a starling is a bird",
    "he's darling",
    "he's stalling for time",
]
"""Not meant, and taken: nothing in the sound of the first words tells them from the phrase."""


@pytest.mark.parametrize(("text", "rest"), ADDRESSED)
def test_addressed(text: str, rest: str) -> None:
    assert address(text, PHRASE) == Addressed(rest)


@pytest.mark.parametrize("text", NOT_ADDRESSED)
def test_not_addressed(text: str) -> None:
    assert address(text, PHRASE) is None


@pytest.mark.parametrize("text", SAME_SOUND)
def test_the_same_sound_is_taken_for_the_phrase(text: str) -> None:
    assert address(text, PHRASE) is not None


@pytest.mark.parametrize(
    ("phrase", "text", "rest"),
    [
        ("hello computer", "Hello, computer, what time is it?", "what time is it?"),
        ("hello computer", "Holoca mputer what time is it.", "what time is it."),
        ("hello computer", "hello committee", None),
        ("hello computer", "hello", None),
        ("computer", "Computer! Lights.", "Lights."),
        ("computer", "commuters are late", None),
        ("hey jarvis", "Hey jarvice cancel the timer.", "cancel the timer."),
        ("hey jarvis", "Hey Javis, stop", "stop"),
        ("hey jarvis", "Hey service", None),
        ("okay nabu", "OK Nabu, lights", "lights"),
        ("okay nabu", "okay now", None),
        ("hé étourneau", "He etourneau, quelle heure", "quelle heure"),
        ("привет скворец", "Привет, скворец! Который час?", "Который час?"),
        ("привет скворец", "Привет, сосед!", None),
        ("Hey Starling!", "hey starling go", "go"),
        ("", "hey starling", None),
        ("?!", "hey starling", None),
    ],
)
def test_a_phrase_of_ones_own(phrase: str, text: str, rest: str | None) -> None:
    assert address(text, phrase) == (None if rest is None else Addressed(rest))


@pytest.mark.parametrize(
    ("now_s", "end_s", "expected"),
    [
        (10.0, 5.0, True),
        (5.0, 5.0, True),
        (13.0, 5.0, True),
        (13.1, 5.0, False),
        (4.9, 5.0, False),
        (4.9, float("-inf"), False),
    ],
)
def test_follow_up(now_s: float, end_s: float, expected: bool) -> None:
    assert follow_up(now_s, end_s, 8.0) is expected
