import pytest

from starling.speech.stt import filters
from starling.speech.stt.filters import Scores, Verdict, judge
from starling.speech.stt.phantoms import PHANTOM_PHRASES

SURE = Scores(no_speech_prob=0.001, avg_logprob=-0.1)


@pytest.mark.parametrize(
    ("no_speech", "logprob", "silent"),
    [(0.61, -1.01, True), (0.6, -1.01, False), (0.61, -1.0, False), (0.99, -0.2, False), (0.0, -3.0, False)],
)
def test_silence_needs_both_signs(no_speech: float, logprob: float, silent: bool) -> None:
    assert filters.is_silence(Scores(no_speech, logprob)) is silent


@pytest.mark.parametrize(
    ("text", "no_speech", "phantom"),
    [
        ("Thank you.", 0.061, True),
        ("Thank you.", 0.06, False),
        ("Thank you.", 0.01, False),
        ("Thanks for watching!", 0.5, True),
        ("Subtitles by the Amara.org community", 0.5, True),
        ("Don't forget to like and subscribe!", 0.1, True),
        ("Sous-titres réalisés par la communauté d'Amara.org", 0.1, True),
        ("Ondertiteld door de Amara.org gemeenschap", 0.1, True),
        ("Vielen Dank.", 0.1, True),
        ("You", 0.2, True),
        ("you", 0.01, False),
        ("thank you for the timer", 0.5, False),
        ("Продолжение следует...", 0.3, True),
        ("ご視聴ありがとうございました", 0.3, True),
    ],
)
def test_a_phantom_phrase_is_dropped_only_when_silence_was_likely(text: str, no_speech: float, phantom: bool) -> None:
    assert filters.is_phantom(text, no_speech) is phantom


def test_phantom_phrases_are_stored_as_they_are_compared() -> None:
    assert [phrase for phrase in PHANTOM_PHRASES if filters.normalised(phrase) != phrase] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[BLANK_AUDIO]", ""),
        (" [Music] ", ""),
        ("(music)", ""),
        ("(upbeat music playing)", ""),
        ("♪", ""),
        ("♪ la la la ♪", ""),
        ("*sighs*", ""),
        ("...", ""),
        ("[BLANK_AUDIO] what time is it", "what time is it"),
        ("what time (coughs) is it", "what time is it"),
        ("call Anna (the doctor) today", "call Anna (the doctor) today"),
        ("two times three", "two times three"),
        ("", ""),
    ],
)
def test_markers(text: str, left: str) -> None:
    assert filters.without_markers(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no no no no", "no no no no"),
        ("very very very good", "very very very good"),
        ("go " * 8, "go"),
        ("I am here. " * 4, "I am here."),
        ("so it is on the way, on the way, on the way, on the way now", "so it is on the way, now"),
        ("one two three four five six seven eight", "one two three four five six seven eight"),
        ("", ""),
    ],
)
def test_loops_are_said_once(text: str, left: str) -> None:
    assert filters.without_loops(text.strip()) == left
    assert filters.has_loop(text) is (left != text.strip())


def test_compression_ratio() -> None:
    assert filters.compression_ratio("") == 0
    assert filters.compression_ratio("set a timer for ten minutes") < 1.2
    assert filters.compression_ratio("to be or not to be " * 12) > filters.MAX_COMPRESSION_RATIO


@pytest.mark.parametrize(
    ("text", "scores", "verdict"),
    [
        ("what time is it", SURE, Verdict("what time is it")),
        ("", SURE, Verdict("", "no_speech")),
        ("[BLANK_AUDIO]", SURE, Verdict("", "non_speech_marker")),
        ("hello", Scores(0.7, -1.2), Verdict("", "no_speech")),
        ("hello", Scores(0.1, -1.9), Verdict("", "low_probability")),
        ("Thank you.", Scores(0.1, -0.2), Verdict("", "phantom_phrase")),
        ("Thank you.", SURE, Verdict("Thank you.")),
        ("go " * 8, SURE, Verdict("go", note="repetition removed")),
        ("(coughs) stop", SURE, Verdict("stop", note="sound marker removed")),
        ("ha" * 60, SURE, Verdict("", "repetition")),
    ],
)
def test_judge(text: str, scores: Scores, verdict: Verdict) -> None:
    assert judge(text, scores) == verdict


@pytest.mark.parametrize(
    ("text", "left", "dropped", "note"),
    [
        ("Hello there.", "Hello there.", "", ""),
        ("", "", "no_speech", ""),
        ("  ", "", "no_speech", ""),
        ("[BLANK_AUDIO]", "", "non_speech_marker", ""),
        ("♪ la ♪ hello", "hello", "", "sound marker removed"),
        ("Thank you.", "Thank you.", "", ""),
        ("a b " * 6, "a b", "", "repetition removed"),
    ],
)
def test_a_text_without_probabilities(text, left, dropped, note):
    verdict = filters.judge_unscored(text)
    assert (verdict.text, verdict.dropped, verdict.note) == (left, dropped, note)
