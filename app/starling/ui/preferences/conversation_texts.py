"""The texts of the page Language model, for translators' tools; see :mod:`starling.ui.preferences.texts`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

SOURCES: frozenset[str] = frozenset(
    str(source)
    for source in (
        QT_TRANSLATE_NOOP("Settings", "Language model"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Starling's own skills answer first. What they do not know is asked of a language model, if a "
            "server is connected here. Texts stay on this computer while the server is on it, and leave it "
            "when it is elsewhere.",
        ),
        QT_TRANSLATE_NOOP("Settings", "Server"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The address of a language model server that answers what Starling's skills do not know. With "
            "an address on this computer nothing leaves it; with any other, what you say to Starling and "
            "what its skills find is sent there.",
        ),
        QT_TRANSLATE_NOOP("Settings", "llm"),
        QT_TRANSLATE_NOOP("Settings", "language model"),
        QT_TRANSLATE_NOOP("Settings", "ollama"),
        QT_TRANSLATE_NOOP("Settings", "lemonade"),
        QT_TRANSLATE_NOOP("Settings", "llama.cpp"),
        QT_TRANSLATE_NOOP("Settings", "fastflowlm"),
        QT_TRANSLATE_NOOP("Settings", "openai"),
        QT_TRANSLATE_NOOP("Settings", "connect"),
        QT_TRANSLATE_NOOP("Settings", "The name of the model on that server."),
        QT_TRANSLATE_NOOP("Settings", "qwen"),
        QT_TRANSLATE_NOOP("Settings", "llama"),
        QT_TRANSLATE_NOOP("Settings", "gemma"),
        QT_TRANSLATE_NOOP("Settings", "model"),
        QT_TRANSLATE_NOOP("Settings", "Let the model use skills"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "It may read the time, timers, alarms and notes, and compute. Before it changes anything you are asked.",
        ),
        QT_TRANSLATE_NOOP("Settings", "tools"),
        QT_TRANSLATE_NOOP("Settings", "functions"),
        QT_TRANSLATE_NOOP("Settings", "confirm"),
        QT_TRANSLATE_NOOP("Settings", "timers"),
        QT_TRANSLATE_NOOP("Settings", "notes"),
        QT_TRANSLATE_NOOP("Settings", "Instructions to the model"),
        QT_TRANSLATE_NOOP("Settings", "Who the model is to be, and how it is to speak."),
        QT_TRANSLATE_NOOP("Settings", "system prompt"),
        QT_TRANSLATE_NOOP("Settings", "persona"),
        QT_TRANSLATE_NOOP("Settings", "language"),
        QT_TRANSLATE_NOOP("Settings", "Exchanges remembered"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How many of the last questions and answers the model is told again. Say “forget our "
            "conversation” to begin a new one.",
        ),
        QT_TRANSLATE_NOOP("Settings", "context"),
        QT_TRANSLATE_NOOP("Settings", "forget"),
        QT_TRANSLATE_NOOP("Settings", "reset"),
        QT_TRANSLATE_NOOP("Settings", "Forget after a silence of"),
        QT_TRANSLATE_NOOP("Settings", "A new conversation begins when nothing was said for this long."),
        QT_TRANSLATE_NOOP("Settings", "new conversation"),
        QT_TRANSLATE_NOOP("Settings", "Longest memory"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The most characters of earlier exchanges that the model is told. Less is faster; four are "
            "about one token.",
        ),
        QT_TRANSLATE_NOOP("Settings", "tokens"),
        QT_TRANSLATE_NOOP("Settings", "speed"),
        QT_TRANSLATE_NOOP("Settings", "Wait for the first words"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How long the model may take to begin its reply. A server that loads its model first takes longer once.",
        ),
        QT_TRANSLATE_NOOP("Settings", "loading"),
    )
)
