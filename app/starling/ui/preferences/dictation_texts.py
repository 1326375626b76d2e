"""The texts of the page Dictation, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Dictation"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How a dictated text is written, by these settings and by lists of your own.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Type where the cursor is"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "In dictation mode, what you say goes into the application in front. Otherwise it stands in the"
            " transcript only.",
        ),
        QT_TRANSLATE_NOOP("Settings", "insert"),
        QT_TRANSLATE_NOOP("Settings", "cursor"),
        QT_TRANSLATE_NOOP("Settings", "Write spoken punctuation"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "“Comma”, “new line”, “open quote” or “all caps” are written as what they mean, where they are meant.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Write numbers in digits"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "From ten on, before units, in times and in years. English only: in other languages the recogniser "
            "does so.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Begin sentences with a capital"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The first word of a text, and of a sentence after a spoken full stop. A text goes on from the one "
            "before it.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Spoken commands"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "“Scratch that” takes back what was dictated last; “stop dictation” and “pause dictation” end and "
            "pause it.",
        ),
        QT_TRANSLATE_NOOP("Settings", "End with a space"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Put a space after each text, so that you can go on typing. Otherwise it comes before the next dictation.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Tell the recogniser your words"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The first words of your vocabulary are given to Whisper as an example of their spelling, in "
            "dictation only.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Correct words that nearly are yours"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "A word that sounds or is spelled almost like one of your vocabulary becomes it, if it is no other word.",
        ),
        QT_TRANSLATE_NOOP("Settings", "punctuation"),
        QT_TRANSLATE_NOOP("Settings", "comma"),
        QT_TRANSLATE_NOOP("Settings", "period"),
        QT_TRANSLATE_NOOP("Settings", "new line"),
        QT_TRANSLATE_NOOP("Settings", "paragraph"),
        QT_TRANSLATE_NOOP("Settings", "bullet"),
        QT_TRANSLATE_NOOP("Settings", "format"),
        QT_TRANSLATE_NOOP("Settings", "digits"),
        QT_TRANSLATE_NOOP("Settings", "numbers"),
        QT_TRANSLATE_NOOP("Settings", "uppercase"),
        QT_TRANSLATE_NOOP("Settings", "case"),
        QT_TRANSLATE_NOOP("Settings", "sentence"),
        QT_TRANSLATE_NOOP("Settings", "undo"),
        QT_TRANSLATE_NOOP("Settings", "scratch that"),
        QT_TRANSLATE_NOOP("Settings", "stop"),
        QT_TRANSLATE_NOOP("Settings", "pause"),
        QT_TRANSLATE_NOOP("Settings", "resume"),
        QT_TRANSLATE_NOOP("Settings", "hands-free"),
        QT_TRANSLATE_NOOP("Settings", "space"),
        QT_TRANSLATE_NOOP("Settings", "spacing"),
        QT_TRANSLATE_NOOP("Settings", "vocabulary"),
        QT_TRANSLATE_NOOP("Settings", "prompt"),
        QT_TRANSLATE_NOOP("Settings", "hotwords"),
        QT_TRANSLATE_NOOP("Settings", "names"),
        QT_TRANSLATE_NOOP("Settings", "spelling"),
        QT_TRANSLATE_NOOP("Settings", "fuzzy"),
        QT_TRANSLATE_NOOP("Settings", "correct"),
    )
)
