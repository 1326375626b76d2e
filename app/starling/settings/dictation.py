"""The phrases that steer a dictation without hands; on the page Listening."""

from __future__ import annotations

from starling.settings.declaration import Setting

_KEYWORDS = ("dictation", "phrase", "hands-free", "voice command")

DICTATION: tuple[Setting, ...] = (
    Setting(
        "dictation.start_phrase",
        "start dictation",
        "Phrase that starts dictation",
        "Said alone, it changes to dictation: from then on what you say is written down.",
        in_file="Empty for none.",
        advanced=True,
        keywords=_KEYWORDS,
    ),
    Setting(
        "dictation.stop_phrase",
        "stop dictation",
        "Phrase that stops dictation",
        "Said alone or at the end of a sentence, it changes back to the assistant and is not written down.",
        in_file="Empty for none.",
        advanced=True,
        keywords=_KEYWORDS,
    ),
    Setting(
        "dictation.pause_phrase",
        "pause dictation",
        "Phrase that pauses dictation",
        "After it nothing is written down until dictation goes on. The talk key writes all the same.",
        in_file="Empty for none.",
        advanced=True,
        keywords=_KEYWORDS,
    ),
    Setting(
        "dictation.resume_phrase",
        "resume dictation",
        "Phrase that resumes dictation",
        "After it what you say is written down again.",
        in_file="Empty for none.",
        advanced=True,
        keywords=_KEYWORDS,
    ),
)
