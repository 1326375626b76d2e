"""Texts of the page Keys and of dictation's phrases, for translators' tools; see :mod:`.texts` beside this."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Keys"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Keys that Starling hears whatever window is in front. In its own window, the space bar talks too.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Talk key"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Hold it to talk whatever window is in front, or tap it to begin and tap it again to end.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Cancel key"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Forgets what is being said. It is taken only while you talk, and belongs to other programs otherwise.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Mode key"),
        QT_TRANSLATE_NOOP("Settings", "Switches between assistant and dictation whatever window is in front."),
        QT_TRANSLATE_NOOP("Settings", "How keys are heard"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Automatic takes what fits the desktop: X11 itself, or the portal of a Wayland desktop.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Automatic"),
        QT_TRANSLATE_NOOP("Settings", "X11"),
        QT_TRANSLATE_NOOP("Settings", "The desktop's portal"),
        QT_TRANSLATE_NOOP("Settings", "A command that the desktop runs"),
        QT_TRANSLATE_NOOP("Settings", "push to talk"),
        QT_TRANSLATE_NOOP("Settings", "hotkey"),
        QT_TRANSLATE_NOOP("Settings", "shortcut"),
        QT_TRANSLATE_NOOP("Settings", "global"),
        QT_TRANSLATE_NOOP("Settings", "hold"),
        QT_TRANSLATE_NOOP("Settings", "dictation"),
        QT_TRANSLATE_NOOP("Settings", "escape"),
        QT_TRANSLATE_NOOP("Settings", "drop"),
        QT_TRANSLATE_NOOP("Settings", "assistant"),
        QT_TRANSLATE_NOOP("Settings", "switch"),
        QT_TRANSLATE_NOOP("Settings", "x11"),
        QT_TRANSLATE_NOOP("Settings", "wayland"),
        QT_TRANSLATE_NOOP("Settings", "portal"),
        QT_TRANSLATE_NOOP("Settings", "grab"),
        QT_TRANSLATE_NOOP("Settings", "Phrase that starts dictation"),
        QT_TRANSLATE_NOOP(
            "Settings", "Said alone, it changes to dictation: from then on what you say is written down."
        ),
        QT_TRANSLATE_NOOP("Settings", "Phrase that stops dictation"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Said alone or at the end of a sentence, it changes back to the assistant and is not written down.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Phrase that pauses dictation"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "After it nothing is written down until dictation goes on. The talk key writes all the same.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Phrase that resumes dictation"),
        QT_TRANSLATE_NOOP("Settings", "After it what you say is written down again."),
        QT_TRANSLATE_NOOP("Settings", "phrase"),
        QT_TRANSLATE_NOOP("Settings", "hands-free"),
        QT_TRANSLATE_NOOP("Settings", "voice command"),
    )
)
