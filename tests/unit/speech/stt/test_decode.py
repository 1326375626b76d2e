import pytest

from starling.speech.stt.decode import Decoded, confidence, first_times, with_fallback
from starling.speech.stt.filters import Scores


def result(logprob: float, text: str = "what time is it", temperature: float = 0.0, **fields: bool) -> Decoded:
    no_speech = 0.9 if fields.pop("no_speech", False) else 0.001
    return Decoded((1, 2), text, Scores(no_speech, logprob), temperature=temperature, **fields)


@pytest.mark.parametrize(
    ("decoded", "doubtful"),
    [
        (result(-0.2), False),
        (result(-1.0), False),
        (result(-1.01), True),
        (result(-0.2, capped=True), True),
        (result(-0.2, "on and on " * 20), True),
        (result(-0.2, "go " * 8), True),
        (result(-1.5, no_speech=True), False),
        (result(-0.1, capped=True, silent=True), False),
    ],
)
def test_what_is_worth_another_try(decoded: Decoded, doubtful: bool) -> None:
    assert decoded.doubtful is doubtful


TEMPERATURES = (0.2, 0.4, 0.6)


@pytest.mark.parametrize(
    ("logprobs", "tried", "kept"),
    [
        ([-0.5], [], 0.0),
        ([-1.5, -0.5], [0.2], 0.2),
        ([-1.5, -1.4, -0.9], [0.2, 0.4], 0.4),
        ([-1.5, -1.2, -1.4, -1.3], [0.2, 0.4, 0.6], 0.2),
        ([-1.1, -1.2, -1.4, -1.3], [0.2, 0.4, 0.6], 0.0),
    ],
)
def test_fallback_stops_at_the_first_good_result_or_takes_the_best(
    logprobs: list[float], tried: list[float], kept: float
) -> None:
    asked: list[float] = []

    def retry(temperature: float) -> Decoded:
        asked.append(temperature)
        return result(logprobs[len(asked)], temperature=temperature)

    best = with_fallback(result(logprobs[0]), TEMPERATURES, retry)
    assert (asked, best.temperature) == (tried, kept)


def test_an_improbable_text_is_better_than_a_loop() -> None:
    loop = result(-0.1, "on and on " * 20)
    best = with_fallback(loop, (0.2,), lambda temperature: result(-1.7, temperature=temperature))
    assert best.temperature == 0.2


def test_confidence_is_the_mean_token_probability() -> None:
    assert confidence(result(-0.6931471805599453)) == pytest.approx(0.5)
    assert confidence(Decoded((), "", Scores(0.9, -0.1))) is None


@pytest.mark.parametrize(
    ("path", "tokens", "times"),
    [
        ([(0, 0), (0, 1), (1, 2), (1, 3), (2, 4)], 2, [0.0, 0.04, 0.08]),
        ([(0, 0), (1, 0), (2, 0)], 2, [0.0, 0.0, 0.0]),
        ([(0, 0), (0, 50), (1, 51)], 1, [0.0, 1.02]),
    ],
)
def test_first_times(path: list[tuple[int, int]], tokens: int, times: list[float]) -> None:
    assert first_times(path, tokens) == pytest.approx(times)
