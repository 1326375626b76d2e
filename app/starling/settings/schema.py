"""Every setting, declared once. The file, the documentation and the dialog come from here, in this order."""

from __future__ import annotations

from starling.settings.conversation import CONVERSATION
from starling.settings.declaration import Page, PageKey, Setting, Value
from starling.settings.dictation import DICTATION
from starling.settings.dictation_text import DICTATION_TEXT
from starling.settings.downloads import DOWNLOADS
from starling.settings.history import HISTORY
from starling.settings.insertion import INSERTION
from starling.settings.keys import KEYS
from starling.settings.overlay import OVERLAY
from starling.settings.power import POWER
from starling.settings.voice import VOICE

__all__ = ["PAGES", "SETTINGS", "Page", "PageKey", "Setting", "Value"]

PAGES: tuple[Page, ...] = (
    Page("listening", "Listening"),
    Page(
        "keys",
        "Keys",
        "Keys that Starling hears whatever window is in front. In its own window, the space bar talks too.",
    ),
    Page("sound", "Microphone & speaker"),
    Page(
        "recognition",
        "Recognition",
        "How speech becomes text. The status panel of the main window names the recogniser in use.",
    ),
    Page("voice", "Voice"),
    Page("assistant", "Assistant"),
    Page(
        "conversation",
        "Language model",
        "Starling's own skills answer first. What they do not know is asked of a language model, if a server is "
        "connected here. Texts stay on this computer while the server is on it, and leave it when it is elsewhere.",
    ),
    Page(
        "dictation",
        "Dictation",
        "How a dictated text is written, by these settings and by lists of your own.",
    ),
    Page(
        "insertion",
        "Insertion",
        "How dictated text gets into other applications. What cannot be inserted goes to the scratchpad and is never "
        "lost.",
    ),
    Page("models", "Models", "Nothing is downloaded, and no server asked, until you install a model."),
    Page(
        "power",
        "NPU power",
        "How fast the NPU's clock runs, for those who have an AMD Ryzen AI NPU. A faster one draws more power. The "
        "mode is one for all programs, and the system asks for an administrator's password before it is changed.",
    ),
    Page(
        "history",
        "History & privacy",
        "Texts and recordings are stored on this computer only. Whatever is chosen here, a recording is kept on disk "
        "until its text has been shown, so that nothing you said is lost.",
    ),
    Page("window", "Window"),
)

_LISTENING: tuple[Setting, ...] = (
    Setting(
        "listen.mode",
        "assistant",
        "Mode",
        "The assistant answers what is addressed to it; dictation only writes down what you say.",
        choices=("assistant", "dictation", "off"),
        labels=("Assistant", "Dictation", "Off"),
        in_file="off hears nothing.",
        keywords=("mute", "write", "transcribe"),
    ),
    Setting(
        "listen.activation",
        "always",
        "Listen",
        "All the time, or only while you hold the talk button or the space bar.",
        choices=("always", "hold"),
        labels=("All the time", "While the talk key is held"),
        keywords=("push to talk", "hands-free", "activation"),
    ),
    Setting(
        "vad.threshold",
        0.5,
        "Speech threshold",
        "How sure Starling must be that a sound is speech. Your voice should pass the mark, noise should not.",
        0.1,
        0.9,
        in_file="The probability of speech above which a frame counts.",
        control="threshold",
        step=0.05,
        keywords=("sensitivity", "noise", "voice activity", "silero", "level"),
    ),
    Setting(
        "vad.hangover",
        600,
        "Pause that ends a sentence",
        "You have finished speaking after this much silence.",
        200,
        3000,
        unit="ms",
        step=50,
        advanced=True,
        keywords=("hangover", "silence", "endpoint"),
    ),
    Setting(
        "vad.early",
        200,
        "Pause before early recognition",
        "Recognition already begins after this much silence, and is dropped if you go on speaking.",
        100,
        3000,
        unit="ms",
        step=50,
        advanced=True,
        keywords=("latency", "delay"),
    ),
    Setting(
        "vad.pre_roll",
        450,
        "Sound kept before speech",
        "How much sound from before the first speech is recognised with it. More saves soft beginnings.",
        0,
        2000,
        unit="ms",
        step=50,
        zero="None",
        advanced=True,
        keywords=("pre-roll", "first word", "cut off"),
    ),
    Setting(
        "vad.onset_frames",
        2,
        "Frames that begin speech",
        "Speech begins with this many frames of 32 ms in a row that are judged as speech.",
        1,
        10,
        advanced=True,
        keywords=("onset", "click", "noise"),
    ),
    Setting(
        "vad.longest",
        28,
        "Longest piece",
        "Longer speech is cut at its quietest point.",
        5,
        29,
        unit="s",
        advanced=True,
        keywords=("segment", "maximum"),
    ),
)

_SOUND: tuple[Setting, ...] = (
    Setting(
        "audio.microphone",
        "",
        "Microphone",
        "What Starling hears with.",
        in_file="The stable name of an input device; empty for the system's default.",
        page="sound",
        control="input",
        keywords=("input", "device", "headset", "level", "test"),
    ),
    Setting(
        "audio.speaker",
        "",
        "Speaker",
        "What Starling speaks through.",
        in_file="The stable name of an output device; empty for the system's default.",
        page="sound",
        control="output",
        keywords=("output", "device", "headphones", "test", "volume"),
    ),
)

_RECOGNITION: tuple[Setting, ...] = (
    Setting(
        "stt.model",
        "",
        "Speech model",
        "A larger model makes fewer mistakes and takes longer.",
        in_file="The name of an installed model, or a folder; empty for the best installed one.",
        page="recognition",
        control="model",
        keywords=("whisper", "starter", "folder", "accuracy"),
    ),
    Setting(
        "stt.language",
        "auto",
        "Language",
        "What you speak. Naming it avoids wrong guesses on short sentences.",
        in_file="An ISO 639-1 code, or auto to detect it.",
        page="recognition",
        control="language",
        keywords=("detect", "german", "english", "french", "spanish"),
    ),
    Setting(
        "stt.partial",
        True,
        "Live text",
        "Show text while you speak, where the model is fast enough not to delay the final text.",
        page="recognition",
        keywords=("partial", "preview", "while speaking"),
    ),
    Setting(
        "stt.tier",
        "auto",
        "Recogniser",
        "Which recogniser to use. Automatic takes the best that was proven to work here.",
        choices=("auto", "advanced", "legacy", "demo"),
        labels=("Automatic", "Whisper on the NPU", "Whisper on the CPU", "Small built-in recogniser"),
        in_file="advanced is Whisper on the NPU, proven or not; legacy is Whisper on the CPU, demo the small "
        "built-in recogniser.",
        page="recognition",
        advanced=True,
        keywords=("tier", "backend", "legacy", "demo", "advanced", "npu"),
    ),
    Setting(
        "stt.provider",
        "auto",
        "Way to the NPU",
        "How the NPU may be reached. Automatic takes the fastest one that was proven.",
        choices=("auto", "vitisai", "xrt", "server"),
        labels=(
            "Automatic",
            "VitisAI (by AMD)",
            "XRT (Starling's own kernels)",
            "A server on this machine",
        ),
        in_file="server is FastFlowLM or Lemonade on this machine.",
        page="recognition",
        advanced=True,
        keywords=("npu", "vitisai", "xrt", "fastflowlm", "lemonade", "provider"),
    ),
    Setting(
        "stt.prefer",
        "fastest",
        "Use the NPU when",
        "The NPU is used when it saves a fifth of the time, or, for low power, whenever its results are right.",
        choices=("fastest", "low_power"),
        labels=("It is faster", "Its results are right (low power)"),
        page="recognition",
        advanced=True,
        keywords=("npu", "battery", "power", "speed", "proof"),
    ),
    Setting(
        "stt.beam_size",
        1,
        "Beam size",
        "How many readings are followed at once. 1 is fastest; more can be more accurate.",
        1,
        10,
        page="recognition",
        advanced=True,
        keywords=("greedy", "accuracy"),
    ),
    Setting(
        "stt.threads",
        0,
        "Recogniser threads",
        "Processor threads for recognition. Automatic uses the physical cores, four at most.",
        0,
        64,
        unit="threads",
        in_file="0 is automatic.",
        zero="Automatic",
        page="recognition",
        advanced=True,
        keywords=("cpu", "cores", "processor"),
    ),
    Setting(
        "engine.idle_unload",
        10,
        "Unload models after",
        "Models leave memory when they have not been used for this long; the next use loads them again.",
        0,
        1440,
        unit="min",
        in_file="0 never unloads.",
        zero="Never",
        page="recognition",
        advanced=True,
        keywords=("memory", "ram", "idle", "battery"),
    ),
)

_ASSISTANT: tuple[Setting, ...] = (
    Setting(
        "assistant.answer",
        "addressed",
        "Answer",
        "What is addressed to Starling begins with the wake phrase, or follows soon after a reply.",
        choices=("addressed", "everything"),
        labels=("What is addressed to Starling", "Everything that is said"),
        page="assistant",
        keywords=("reply", "wake word", "respond"),
    ),
    Setting(
        "assistant.wake_phrase",
        "hey starling",
        "Wake phrase",
        "Say it at the start of a sentence to address Starling.",
        page="assistant",
        control="wake_phrase",
        keywords=("wake word", "hotword", "name", "hey starling", "test"),
    ),
    Setting(
        "assistant.follow_up",
        8,
        "Follow-up time",
        "For this long after a reply, no wake phrase is needed.",
        0,
        60,
        unit="s",
        in_file="0 always needs the wake phrase.",
        zero="Always needed",
        page="assistant",
        keywords=("conversation", "continue", "timeout"),
    ),
)

_WINDOW: tuple[Setting, ...] = (
    Setting(
        "window.theme",
        "system",
        "Appearance",
        "The colours of the window.",
        choices=("system", "light", "dark", "contrast"),
        labels=("As the desktop", "Light", "Dark", "High contrast"),
        in_file="system follows the desktop.",
        page="window",
        keywords=("theme", "dark mode", "light", "contrast", "colour", "color", "style"),
    ),
    Setting(
        "window.close",
        "tray",
        "Closing the window",
        "Starling can go on listening in the tray, where the desktop has one.",
        choices=("tray", "quit"),
        labels=("Keeps Starling in the tray", "Quits Starling"),
        page="window",
        keywords=("exit", "background", "quit", "minimize"),
    ),
    Setting(
        "window.start_minimized",
        False,
        "Start minimized",
        "Start in the tray, or minimized where the desktop has none.",
        page="window",
        keywords=("autostart", "hidden", "tray", "background"),
    ),
)

SETTINGS: tuple[Setting, ...] = (
    *_LISTENING,
    *DICTATION,
    *KEYS,
    *_SOUND,
    *_RECOGNITION,
    *VOICE,
    *_ASSISTANT,
    *CONVERSATION,
    *DICTATION_TEXT,
    *OVERLAY,
    *INSERTION,
    *DOWNLOADS,
    *POWER,
    *HISTORY,
    *_WINDOW,
)
