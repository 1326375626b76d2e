"""Which clauses are made side by side."""

import pytest

from starling.pipeline import making
from starling.pipeline.making import ClauseBegins, Producer, may_share
from tests.unit.pipeline.test_speaking import FakeEngine

TEXTS = [
    "One is the first sentence here.",
    "Two is the second sentence here.",
    "Three is the third sentence here.",
    "Four is the last sentence here.",
]


@pytest.mark.parametrize(
    ("lead_s", "rtf", "characters", "may"),
    [(2.0, 0.3, 24, True), (1.4, 0.3, 24, False), (0.0, 0.01, 12, False), (0.1, 0.01, 12, True), (-1.0, 0.0, 1, False)],
)
def test_a_clause_shares_the_processor_only_where_its_own_delay_is_not_heard(
    lead_s: float, rtf: float, characters: int, may: bool
) -> None:
    assert may_share(lead_s, rtf, characters) is may


def test_the_first_clause_is_always_made_alone_and_later_ones_tell_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SHARED_TIME", 1.0)  # the fake speaks a sentence in a second
    engine = FakeEngine()
    producer = Producer([" ".join(TEXTS)], engine, "", 1.0, lambda: 0.0)
    producer.start()
    while (item := producer.made.get()) is not None:
        if isinstance(item, ClauseBegins):
            producer.clause_taken()
    producer.join()
    assert engine.texts == TEXTS
    assert engine.followings == ["", TEXTS[2], "", ""]  # the last one is known when the text ends
