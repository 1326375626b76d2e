"""The words of the declared settings, in the user's language.

The declarations stand below the window and know no Qt; :data:`SOURCES` repeats their texts as literals, which is where
translators' tools find them. A test holds the two together.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from starling.settings.schema import Page, Setting, Value
from starling.ui.preferences import (
    conversation_texts,
    dictation_texts,
    history_texts,
    insertion_texts,
    keys_texts,
    models_texts,
    npu_texts,
    overlay_texts,
    power_texts,
)
from starling.ui.preferences.search import Entry

CONTEXT = "Settings"
DECIMALS = 2
"""Of numbers that are not whole."""


def title(declared: Page | Setting) -> str:
    """The label of a setting or page."""
    return _said(declared.title)


def note(page: Page) -> str:
    """What stands at the head of a page; may be empty."""
    return _said(page.note) if page.note else ""


def description(setting: Setting) -> str:
    """What a setting does."""
    return _said(setting.description)


def choices(setting: Setting) -> list[tuple[str, str]]:
    """What can be chosen, as (value, label)."""
    return [(value, _said(label)) for value, label in zip(setting.choices, setting.labels, strict=True)]


def zero(setting: Setting) -> str:
    """What 0 means; empty where it is a number like others."""
    return _said(setting.zero) if setting.zero else ""


def unit(setting: Setting, value: float) -> str:
    """The unit that stands behind a value, with the space between; empty if there is none."""
    if setting.unit == "times":
        return " ×"  # noqa: RUF001 - (a pace is shown as a factor)
    singular = {"days": "day", "threads": "thread"}
    word = singular.get(setting.unit, setting.unit) if value == 1 else setting.unit
    return f" {_said(word)}" if word else ""


def value(setting: Setting, held: Value) -> str:
    """A value as people read it; texts without a list of choices stand for themselves."""
    if isinstance(held, bool):
        return _said("On") if held else _said("Off")
    if isinstance(held, str):
        return dict(choices(setting)).get(held, held)
    if not held and setting.zero:
        return zero(setting)
    return number(setting, held) + unit(setting, held)


def number(setting: Setting, held: float) -> str:
    """A number of the setting without its unit, in the user's writing."""
    locale = QLocale()
    if isinstance(setting.default, int):
        return locale.toString(int(held))
    return locale.toString(float(held), "f", DECIMALS)


def entry(setting: Setting, page: Page) -> Entry:
    """What the search looks at."""
    words = (title(page), *map(_said, setting.keywords), *(label for _, label in choices(setting)))
    return Entry(setting.key, title(setting), description(setting), words)


def _said(source: str) -> str:
    return QCoreApplication.translate(CONTEXT, source)


SOURCES: frozenset[str] = (
    conversation_texts.SOURCES
    | models_texts.SOURCES
    | npu_texts.SOURCES
    | power_texts.SOURCES
    | history_texts.SOURCES
    | dictation_texts.SOURCES
    | insertion_texts.SOURCES
    | keys_texts.SOURCES
    | overlay_texts.SOURCES
    | frozenset(
        str(source)
        for source in (
            QT_TRANSLATE_NOOP("Settings", "On"),
            QT_TRANSLATE_NOOP("Settings", "ms"),
            QT_TRANSLATE_NOOP("Settings", "s"),
            QT_TRANSLATE_NOOP("Settings", "min"),
            QT_TRANSLATE_NOOP("Settings", "day"),
            QT_TRANSLATE_NOOP("Settings", "days"),
            QT_TRANSLATE_NOOP("Settings", "thread"),
            QT_TRANSLATE_NOOP("Settings", "threads"),
            QT_TRANSLATE_NOOP("Settings", "Listening"),
            QT_TRANSLATE_NOOP("Settings", "Microphone & speaker"),
            QT_TRANSLATE_NOOP("Settings", "Recognition"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "How speech becomes text. The status panel of the main window names the recogniser in use.",
            ),
            QT_TRANSLATE_NOOP("Settings", "Voice"),
            QT_TRANSLATE_NOOP("Settings", "Assistant"),
            QT_TRANSLATE_NOOP("Settings", "History & privacy"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Texts and recordings are stored on this computer only. Whatever is chosen here, a recording is kept "
                "on disk until its text has been shown, so that nothing you said is lost.",
            ),
            QT_TRANSLATE_NOOP("Settings", "Window"),
            QT_TRANSLATE_NOOP("Settings", "Mode"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "The assistant answers what is addressed to it; dictation only writes down what you say.",
            ),
            QT_TRANSLATE_NOOP("Settings", "Dictation"),
            QT_TRANSLATE_NOOP("Settings", "Off"),
            QT_TRANSLATE_NOOP("Settings", "mute"),
            QT_TRANSLATE_NOOP("Settings", "write"),
            QT_TRANSLATE_NOOP("Settings", "transcribe"),
            QT_TRANSLATE_NOOP("Settings", "Listen"),
            QT_TRANSLATE_NOOP("Settings", "All the time, or only while you hold the talk button or the space bar."),
            QT_TRANSLATE_NOOP("Settings", "All the time"),
            QT_TRANSLATE_NOOP("Settings", "While the talk key is held"),
            QT_TRANSLATE_NOOP("Settings", "push to talk"),
            QT_TRANSLATE_NOOP("Settings", "hands-free"),
            QT_TRANSLATE_NOOP("Settings", "activation"),
            QT_TRANSLATE_NOOP("Settings", "Speech threshold"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "How sure Starling must be that a sound is speech. Your voice should pass the mark, noise should not.",
            ),
            QT_TRANSLATE_NOOP("Settings", "sensitivity"),
            QT_TRANSLATE_NOOP("Settings", "noise"),
            QT_TRANSLATE_NOOP("Settings", "voice activity"),
            QT_TRANSLATE_NOOP("Settings", "silero"),
            QT_TRANSLATE_NOOP("Settings", "level"),
            QT_TRANSLATE_NOOP("Settings", "Pause that ends a sentence"),
            QT_TRANSLATE_NOOP("Settings", "You have finished speaking after this much silence."),
            QT_TRANSLATE_NOOP("Settings", "hangover"),
            QT_TRANSLATE_NOOP("Settings", "silence"),
            QT_TRANSLATE_NOOP("Settings", "endpoint"),
            QT_TRANSLATE_NOOP("Settings", "Pause before early recognition"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Recognition already begins after this much silence, and is dropped if you go on speaking.",
            ),
            QT_TRANSLATE_NOOP("Settings", "latency"),
            QT_TRANSLATE_NOOP("Settings", "delay"),
            QT_TRANSLATE_NOOP("Settings", "Sound kept before speech"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "How much sound from before the first speech is recognised with it. More saves soft beginnings.",
            ),
            QT_TRANSLATE_NOOP("Settings", "None"),
            QT_TRANSLATE_NOOP("Settings", "pre-roll"),
            QT_TRANSLATE_NOOP("Settings", "first word"),
            QT_TRANSLATE_NOOP("Settings", "cut off"),
            QT_TRANSLATE_NOOP("Settings", "Frames that begin speech"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Speech begins with this many frames of 32 ms in a row that are judged as speech.",
            ),
            QT_TRANSLATE_NOOP("Settings", "onset"),
            QT_TRANSLATE_NOOP("Settings", "click"),
            QT_TRANSLATE_NOOP("Settings", "Longest piece"),
            QT_TRANSLATE_NOOP("Settings", "Longer speech is cut at its quietest point."),
            QT_TRANSLATE_NOOP("Settings", "segment"),
            QT_TRANSLATE_NOOP("Settings", "maximum"),
            QT_TRANSLATE_NOOP("Settings", "Microphone"),
            QT_TRANSLATE_NOOP("Settings", "What Starling hears with."),
            QT_TRANSLATE_NOOP("Settings", "input"),
            QT_TRANSLATE_NOOP("Settings", "device"),
            QT_TRANSLATE_NOOP("Settings", "headset"),
            QT_TRANSLATE_NOOP("Settings", "test"),
            QT_TRANSLATE_NOOP("Settings", "Speaker"),
            QT_TRANSLATE_NOOP("Settings", "What Starling speaks through."),
            QT_TRANSLATE_NOOP("Settings", "output"),
            QT_TRANSLATE_NOOP("Settings", "headphones"),
            QT_TRANSLATE_NOOP("Settings", "volume"),
            QT_TRANSLATE_NOOP("Settings", "Speech model"),
            QT_TRANSLATE_NOOP("Settings", "A larger model makes fewer mistakes and takes longer."),
            QT_TRANSLATE_NOOP("Settings", "whisper"),
            QT_TRANSLATE_NOOP("Settings", "starter"),
            QT_TRANSLATE_NOOP("Settings", "folder"),
            QT_TRANSLATE_NOOP("Settings", "accuracy"),
            QT_TRANSLATE_NOOP("Settings", "Language"),
            QT_TRANSLATE_NOOP("Settings", "What you speak. Naming it avoids wrong guesses on short sentences."),
            QT_TRANSLATE_NOOP("Settings", "detect"),
            QT_TRANSLATE_NOOP("Settings", "german"),
            QT_TRANSLATE_NOOP("Settings", "english"),
            QT_TRANSLATE_NOOP("Settings", "french"),
            QT_TRANSLATE_NOOP("Settings", "spanish"),
            QT_TRANSLATE_NOOP("Settings", "Live text"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Show text while you speak, where the model is fast enough not to delay the final text.",
            ),
            QT_TRANSLATE_NOOP("Settings", "partial"),
            QT_TRANSLATE_NOOP("Settings", "preview"),
            QT_TRANSLATE_NOOP("Settings", "while speaking"),
            QT_TRANSLATE_NOOP("Settings", "Recogniser"),
            QT_TRANSLATE_NOOP("Settings", "Automatic"),
            QT_TRANSLATE_NOOP("Settings", "Whisper on the CPU"),
            QT_TRANSLATE_NOOP("Settings", "Small built-in recogniser"),
            QT_TRANSLATE_NOOP("Settings", "tier"),
            QT_TRANSLATE_NOOP("Settings", "backend"),
            QT_TRANSLATE_NOOP("Settings", "legacy"),
            QT_TRANSLATE_NOOP("Settings", "demo"),
            QT_TRANSLATE_NOOP("Settings", "advanced"),
            QT_TRANSLATE_NOOP("Settings", "npu"),
            QT_TRANSLATE_NOOP("Settings", "Beam size"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "How many readings are followed at once. 1 is fastest; more can be more accurate.",
            ),
            QT_TRANSLATE_NOOP("Settings", "greedy"),
            QT_TRANSLATE_NOOP("Settings", "Recogniser threads"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Processor threads for recognition. Automatic uses the physical cores, four at most.",
            ),
            QT_TRANSLATE_NOOP("Settings", "cpu"),
            QT_TRANSLATE_NOOP("Settings", "cores"),
            QT_TRANSLATE_NOOP("Settings", "processor"),
            QT_TRANSLATE_NOOP("Settings", "Unload models after"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Models leave memory when they have not been used for this long; the next use loads them again.",
            ),
            QT_TRANSLATE_NOOP("Settings", "Never"),
            QT_TRANSLATE_NOOP("Settings", "memory"),
            QT_TRANSLATE_NOOP("Settings", "ram"),
            QT_TRANSLATE_NOOP("Settings", "idle"),
            QT_TRANSLATE_NOOP("Settings", "battery"),
            QT_TRANSLATE_NOOP("Settings", "Who speaks. The list holds the voices of the voice engine in use."),
            QT_TRANSLATE_NOOP("Settings", "kokoro"),
            QT_TRANSLATE_NOOP("Settings", "espeak"),
            QT_TRANSLATE_NOOP("Settings", "female"),
            QT_TRANSLATE_NOOP("Settings", "male"),
            QT_TRANSLATE_NOOP("Settings", "speaker"),
            QT_TRANSLATE_NOOP("Settings", "Speaking speed"),
            QT_TRANSLATE_NOOP("Settings", "1.00 is the voice's own pace."),
            QT_TRANSLATE_NOOP("Settings", "fast"),
            QT_TRANSLATE_NOOP("Settings", "slow"),
            QT_TRANSLATE_NOOP("Settings", "rate"),
            QT_TRANSLATE_NOOP("Settings", "pace"),
            QT_TRANSLATE_NOOP("Settings", "Voice model"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Which Kokoro model speaks. A smaller one is faster on some machines and sounds a little rougher.",
            ),
            QT_TRANSLATE_NOOP("Settings", "quality"),
            QT_TRANSLATE_NOOP("Settings", "Voice volume"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "How loud Starling speaks. Above 1.00 the loudest sounds are held back, so that nothing is clipped.",
            ),
            QT_TRANSLATE_NOOP("Settings", "loud"),
            QT_TRANSLATE_NOOP("Settings", "quiet"),
            QT_TRANSLATE_NOOP("Settings", "gain"),
            QT_TRANSLATE_NOOP("Settings", "Voice noise seed"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Voices draw noise, so the same words never sound quite the same. With a number here, the same words "
                "in the same order sound the same after every start.",
            ),
            QT_TRANSLATE_NOOP("Settings", "repeatable"),
            QT_TRANSLATE_NOOP("Settings", "random"),
            QT_TRANSLATE_NOOP("Settings", "Favourite voices"),
            QT_TRANSLATE_NOOP("Settings", "The voices that are listed first."),
            QT_TRANSLATE_NOOP("Settings", "bookmark"),
            QT_TRANSLATE_NOOP("Settings", "Voice engine"),
            QT_TRANSLATE_NOOP("Settings", "Which engine speaks. Automatic takes the best that works here."),
            QT_TRANSLATE_NOOP("Settings", "Kokoro on NPU and CPU"),
            QT_TRANSLATE_NOOP("Settings", "Kokoro on the CPU"),
            QT_TRANSLATE_NOOP("Settings", "eSpeak, no model needed"),
            QT_TRANSLATE_NOOP("Settings", "Answer"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "What is addressed to Starling begins with the wake phrase, or follows soon after a reply.",
            ),
            QT_TRANSLATE_NOOP("Settings", "What is addressed to Starling"),
            QT_TRANSLATE_NOOP("Settings", "Everything that is said"),
            QT_TRANSLATE_NOOP("Settings", "reply"),
            QT_TRANSLATE_NOOP("Settings", "wake word"),
            QT_TRANSLATE_NOOP("Settings", "respond"),
            QT_TRANSLATE_NOOP("Settings", "Wake phrase"),
            QT_TRANSLATE_NOOP("Settings", "Say it at the start of a sentence to address Starling."),
            QT_TRANSLATE_NOOP("Settings", "hotword"),
            QT_TRANSLATE_NOOP("Settings", "name"),
            QT_TRANSLATE_NOOP("Settings", "hey starling"),
            QT_TRANSLATE_NOOP("Settings", "Follow-up time"),
            QT_TRANSLATE_NOOP("Settings", "For this long after a reply, no wake phrase is needed."),
            QT_TRANSLATE_NOOP("Settings", "Always needed"),
            QT_TRANSLATE_NOOP("Settings", "conversation"),
            QT_TRANSLATE_NOOP("Settings", "continue"),
            QT_TRANSLATE_NOOP("Settings", "timeout"),
            QT_TRANSLATE_NOOP("Settings", "Keep texts"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Store what you said and what Starling replied, to read it again later. When off, a text is gone with"
                " the window that showed it.",
            ),
            QT_TRANSLATE_NOOP("Settings", "history"),
            QT_TRANSLATE_NOOP("Settings", "privacy"),
            QT_TRANSLATE_NOOP("Settings", "store"),
            QT_TRANSLATE_NOOP("Settings", "transcript"),
            QT_TRANSLATE_NOOP("Settings", "record"),
            QT_TRANSLATE_NOOP("Settings", "Keep texts for"),
            QT_TRANSLATE_NOOP("Settings", "Older texts are deleted, and their recordings with them."),
            QT_TRANSLATE_NOOP("Settings", "For ever"),
            QT_TRANSLATE_NOOP("Settings", "retention"),
            QT_TRANSLATE_NOOP("Settings", "delete"),
            QT_TRANSLATE_NOOP("Settings", "days"),
            QT_TRANSLATE_NOOP("Settings", "Keep recordings"),
            QT_TRANSLATE_NOOP(
                "Settings",
                "Store the sound of what you said beside its text, to play it or recognise it again.",
            ),
            QT_TRANSLATE_NOOP("Settings", "audio"),
            QT_TRANSLATE_NOOP("Settings", "replay"),
            QT_TRANSLATE_NOOP("Settings", "retry"),
            QT_TRANSLATE_NOOP("Settings", "voice"),
            QT_TRANSLATE_NOOP("Settings", "Appearance"),
            QT_TRANSLATE_NOOP("Settings", "The colours of the window."),
            QT_TRANSLATE_NOOP("Settings", "As the desktop"),
            QT_TRANSLATE_NOOP("Settings", "Light"),
            QT_TRANSLATE_NOOP("Settings", "Dark"),
            QT_TRANSLATE_NOOP("Settings", "High contrast"),
            QT_TRANSLATE_NOOP("Settings", "theme"),
            QT_TRANSLATE_NOOP("Settings", "dark mode"),
            QT_TRANSLATE_NOOP("Settings", "light"),
            QT_TRANSLATE_NOOP("Settings", "contrast"),
            QT_TRANSLATE_NOOP("Settings", "colour"),
            QT_TRANSLATE_NOOP("Settings", "color"),
            QT_TRANSLATE_NOOP("Settings", "style"),
            QT_TRANSLATE_NOOP("Settings", "Closing the window"),
            QT_TRANSLATE_NOOP("Settings", "Starling can go on listening in the tray, where the desktop has one."),
            QT_TRANSLATE_NOOP("Settings", "Keeps Starling in the tray"),
            QT_TRANSLATE_NOOP("Settings", "Quits Starling"),
            QT_TRANSLATE_NOOP("Settings", "exit"),
            QT_TRANSLATE_NOOP("Settings", "background"),
            QT_TRANSLATE_NOOP("Settings", "quit"),
            QT_TRANSLATE_NOOP("Settings", "minimize"),
            QT_TRANSLATE_NOOP("Settings", "Start minimized"),
            QT_TRANSLATE_NOOP("Settings", "Start in the tray, or minimized where the desktop has none."),
            QT_TRANSLATE_NOOP("Settings", "autostart"),
            QT_TRANSLATE_NOOP("Settings", "hidden"),
            QT_TRANSLATE_NOOP("Settings", "tray"),
        )
    )
)
