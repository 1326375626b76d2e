import itertools

import pytest

from starling.core.partials import EVERY_S, FIRST_S, MARGIN, REMEMBERED, WORDLESS, PartialPolicy

HANGOVER_S = 0.6


def quick():
    policy = PartialPolicy()
    policy.measured(5.0, 0.05)
    return policy


def test_nothing_is_decoded_before_anything_was_measured():
    assert PartialPolicy().begin(1, 5.0, HANGOVER_S) is False


def test_the_first_words_and_then_every_so_often():
    policy, begun = quick(), []
    for tenth in range(40):
        if policy.begin(1, tenth / 10, HANGOVER_S):
            begun.append(tenth / 10)
            policy.ended()
    assert begun[0] == FIRST_S
    assert all(later - sooner == pytest.approx(EVERY_S, abs=0.11) for sooner, later in itertools.pairwise(begun))


def test_one_at_a_time():
    policy = quick()
    assert policy.begin(1, 1.0, HANGOVER_S)
    assert not policy.begin(1, 3.0, HANGOVER_S)
    policy.ended()
    assert policy.begin(1, 3.0, HANGOVER_S)


def test_another_utterance_begins_anew():
    policy = quick()
    assert policy.begin(1, 5.0, HANGOVER_S)
    policy.ended()
    assert policy.begin(2, 1.0, HANGOVER_S)


@pytest.mark.parametrize(
    ("took_s", "audio_s", "allowed"),
    [
        (HANGOVER_S / 2 / MARGIN - 0.001, 5.0, True),
        (HANGOVER_S / 2 / MARGIN + 0.001, 5.0, False),
        # A shorter clip may take as long, for the encoder's context; a longer one takes longer.
        (HANGOVER_S / 2 / MARGIN - 0.001, 1.0, True),
        (HANGOVER_S / 2 / MARGIN - 0.001, 6.0, False),
    ],
)
def test_a_partial_and_the_final_must_fit_into_the_hangover(took_s, audio_s, allowed):
    policy = PartialPolicy()
    policy.measured(5.0, took_s)
    assert policy.begin(1, audio_s, HANGOVER_S) is allowed


def test_the_slowest_of_the_last_calls_decides():
    policy = PartialPolicy()
    policy.measured(5.0, 1.0)
    assert policy.expected_s(5.0) == pytest.approx(MARGIN)
    for _ in range(REMEMBERED):
        policy.measured(5.0, 0.01)
    assert policy.expected_s(5.0) == pytest.approx(MARGIN * 0.01)


def test_a_clip_without_words_counts_more_until_real_ones_were_measured():
    policy = PartialPolicy()
    policy.guessed(2.0, 0.02)
    assert policy.expected_s(2.0) == pytest.approx(MARGIN * WORDLESS * 0.02)
    policy.measured(2.0, 0.03)
    assert policy.expected_s(2.0) == pytest.approx(MARGIN * 0.03)
    policy.forget()
    assert policy.expected_s(2.0) is None
