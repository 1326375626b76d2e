"""Every setting, declared once. The file, the documentation and (later) the dialog come from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Value = bool | int | float | str


@dataclass(frozen=True)
class Setting:
    """One declared setting; ``key`` is ``section.name`` in the TOML file. The type is the default's."""

    key: str
    default: Value
    title: str
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: Literal["", "ms", "s", "min", "days", "threads"] = ""


SETTINGS: tuple[Setting, ...] = (
    Setting("audio.microphone", "", "Microphone", "Stable name of the input device; empty for the system's default."),
    Setting("audio.speaker", "", "Speaker", "Stable name of the output device; empty for the system's default."),
    Setting(
        "listen.mode",
        "assistant",
        "Mode",
        "assistant answers what is addressed to it, dictation only writes down, off hears nothing.",
        choices=("assistant", "dictation", "off"),
    ),
    Setting(
        "listen.activation",
        "always",
        "Listen",
        "always, or only while the talk key is held.",
        choices=("always", "hold"),
    ),
    Setting("vad.threshold", 0.5, "Speech threshold", "Silero probability above which a frame is speech.", 0.1, 0.9),
    Setting("vad.pre_roll", 450, "Pre-roll", "Audio kept from before the onset.", 0, 2000, unit="ms"),
    Setting("vad.onset_frames", 2, "Onset frames", "Speech frames of 32 ms in a row that start a segment.", 1, 10),
    Setting("vad.hangover", 600, "Hangover", "Silence that ends a segment.", 200, 3000, unit="ms"),
    Setting(
        "vad.early",
        200,
        "Early transcription",
        "Silence after which a segment is transcribed early.",
        100,
        3000,
        unit="ms",
    ),
    Setting("vad.longest", 28, "Longest segment", "Longer speech is cut at its quietest point.", 5, 29, unit="s"),
    Setting("stt.tier", "auto", "Recogniser", "auto picks the best that works.", choices=("auto", "legacy", "demo")),
    Setting(
        "stt.model", "", "Speech model", "Name of an installed model or a folder; empty for the best installed one."
    ),
    Setting("stt.language", "auto", "Language", "ISO 639-1 code, or auto to detect it."),
    Setting("stt.beam_size", 1, "Beam size", "1 is greedy and fastest.", 1, 10),
    Setting("stt.threads", 0, "Recogniser threads", "0 uses the physical cores, four at most.", 0, 64, unit="threads"),
    Setting(
        "stt.partial",
        True,
        "Live text",
        "Show text while you speak, where the model is fast enough not to delay the final text.",
    ),
    Setting("tts.tier", "auto", "Voice tier", "auto picks the best that works.", choices=("auto", "cpu", "demo")),
    Setting("tts.voice", "", "Voice", "Voice id of the tier in use; empty for the tier's default."),
    Setting("tts.speed", 1.0, "Speaking speed", "1.0 is the voice's own pace.", 0.5, 2.0),
    Setting(
        "assistant.answer",
        "addressed",
        "Answer",
        "addressed: only after the wake phrase or soon after a reply.",
        choices=("addressed", "everything"),
    ),
    Setting(
        "assistant.wake_phrase", "hey starling", "Wake phrase", "Said at the start of an utterance to address Starling."
    ),
    Setting(
        "assistant.follow_up",
        8,
        "Follow-up time",
        "After a reply no wake phrase is needed for this long.",
        0,
        60,
        unit="s",
    ),
    Setting(
        "engine.idle_unload",
        10,
        "Unload models after",
        "Idle time after which models leave memory; 0 never.",
        0,
        1440,
        unit="min",
    ),
    Setting("history.keep", True, "Keep history", "Store the texts of turns on this machine."),
    Setting(
        "history.keep_days",
        30,
        "Keep texts for",
        "Older turns are deleted; 0 keeps them for ever.",
        0,
        3650,
        unit="days",
    ),
    Setting("history.keep_audio", False, "Keep recordings", "Keep audio after its text was delivered."),
    Setting(
        "window.theme",
        "system",
        "Appearance",
        "system follows the desktop.",
        choices=("system", "light", "dark", "contrast"),
    ),
    Setting(
        "window.close",
        "tray",
        "Closing the window",
        "tray keeps Starling running where the desktop has a tray; quit ends it.",
        choices=("tray", "quit"),
    ),
    Setting("window.start_minimized", False, "Start minimized", "Start in the tray, or minimized where there is none."),
)
