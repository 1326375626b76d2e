"""The settings of the page Dictation: where a dictated text goes and how it is written."""

from __future__ import annotations

from starling.settings.declaration import Setting

DICTATION_TEXT: tuple[Setting, ...] = (
    Setting(
        "dictation.insert",
        True,
        "Type where the cursor is",
        "In dictation mode, what you say goes into the application in front. Otherwise it stands in the transcript "
        "only.",
        page="dictation",
        keywords=("insert", "type", "paste", "cursor", "application"),
    ),
    Setting(
        "dictation.formatting",
        True,
        "Write spoken punctuation",
        "“Comma”, “new line”, “open quote” or “all caps” are written as what they mean, where they are meant.",
        page="dictation",
        keywords=("punctuation", "comma", "period", "new line", "paragraph", "bullet", "format"),
    ),
    Setting(
        "dictation.numbers",
        True,
        "Write numbers in digits",
        "From ten on, before units, in times and in years. English only: in other languages the recogniser does so.",
        page="dictation",
        keywords=("digits", "numbers", "format"),
        needs="dictation.formatting",
    ),
    Setting(
        "dictation.capitals",
        True,
        "Begin sentences with a capital",
        "The first word of a text, and of a sentence after a spoken full stop. A text goes on from the one before it.",
        page="dictation",
        keywords=("uppercase", "case", "sentence", "format"),
        needs="dictation.formatting",
    ),
    Setting(
        "dictation.commands",
        True,
        "Spoken commands",
        "“Scratch that” takes back what was dictated last; “stop dictation” and “pause dictation” end and pause it.",
        page="dictation",
        keywords=("undo", "scratch that", "stop", "pause", "resume", "hands-free"),
    ),
    Setting(
        "dictation.trailing_space",
        False,
        "End with a space",
        "Put a space after each text, so that you can go on typing. Otherwise it comes before the next dictation.",
        page="dictation",
        keywords=("space", "spacing"),
    ),
    Setting(
        "dictation.hint",
        True,
        "Tell the recogniser your words",
        "The first words of your vocabulary are given to Whisper as an example of their spelling, in dictation only.",
        page="dictation",
        keywords=("vocabulary", "prompt", "hotwords", "names", "spelling"),
    ),
    Setting(
        "dictation.match",
        True,
        "Correct words that nearly are yours",
        "A word that sounds or is spelled almost like one of your vocabulary becomes it, if it is no other word.",
        page="dictation",
        keywords=("vocabulary", "fuzzy", "names", "spelling", "correct"),
    ),
)
