"""Who is answered, what stops a reply, what is an echo: one table."""

import pytest

from starling.pipeline.conversation import Judgement, Rules, Verdict, is_echo

REPLY = "It is a quarter past three in the afternoon."


def rules(policy="addressed"):
    def address(text):
        head = "hey starling "
        return text[len(head) :] if text.startswith(head) else None

    return Rules(policy, address, lambda text, speaking: text == "stop" and "stop" not in speaking)


@pytest.mark.parametrize(
    ("policy", "text", "speaking", "follow_up", "expected"),
    [
        ("addressed", "", "", False, Judgement(Verdict.EMPTY)),
        ("addressed", "  ", "", True, Judgement(Verdict.EMPTY)),
        ("addressed", "what time is it", "", False, Judgement(Verdict.NOT_ADDRESSED)),
        ("addressed", "hey starling what time is it", "", False, Judgement(Verdict.ANSWER, "what time is it")),
        ("addressed", "what time is it", "", True, Judgement(Verdict.ANSWER, "what time is it")),
        ("everything", "what time is it", "", False, Judgement(Verdict.ANSWER, "what time is it")),
        ("everything", "hey starling what time is it", "", False, Judgement(Verdict.ANSWER, "what time is it")),
        ("nothing", "hey starling what time is it", "", True, Judgement(Verdict.NOT_ADDRESSED)),
        ("addressed", "stop", REPLY, False, Judgement(Verdict.STOP)),
        ("nothing", "stop", REPLY, False, Judgement(Verdict.STOP)),
        ("addressed", "stop", "", True, Judgement(Verdict.ANSWER, "stop")),
        ("addressed", "stop", "Say stop to end it.", False, Judgement(Verdict.NOT_ADDRESSED)),
        ("everything", "quarter past three in the afternoon", REPLY, False, Judgement(Verdict.ECHO)),
        ("addressed", "hey starling what day is it", REPLY, False, Judgement(Verdict.ANSWER, "what day is it")),
        ("addressed", "what day is it", REPLY, False, Judgement(Verdict.NOT_ADDRESSED)),
        # Said right after the reply, while its last sound was still on its way.
        ("addressed", "what day is it", REPLY, True, Judgement(Verdict.ANSWER, "what day is it")),
        ("everything", "what day is today", REPLY, False, Judgement(Verdict.ANSWER, "what day is today")),
    ],
)
def test_judge(policy, text, speaking, follow_up, expected):
    assert rules(policy).judge(text, speaking=speaking, in_follow_up=follow_up) == expected


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("a quarter past three", True),
        ("it is a quarter fast three in the after noon", True),
        ("set a timer for three minutes", False),
        ("three", False),  # one word of the reply is an answer, not an echo
        ("afternoon the in three past quarter a", False),  # the order counts
        ("", False),
    ],
)
def test_echo(text, echo):
    assert is_echo(text, REPLY) is echo
