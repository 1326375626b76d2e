"""What the user chose: settings, with the options of one run on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from starling.assistant.llm.client import Limits
from starling.assistant.llm.connection import Wishes
from starling.assistant.llm.memory import Bounds
from starling.core.results import SttOptions
from starling.core.segmenter import SegmenterConfig
from starling.dictation.insertion.choosing import Wishes as Insertion
from starling.dictation.text.rules import Switches
from starling.npu.proof.rules import Prefer
from starling.pipeline.conversation import AnswerPolicy
from starling.pipeline.dictation_text import switches
from starling.pipeline.events import Activation, Mode
from starling.pipeline.handsfree import Phrases
from starling.pipeline.inserting import wishes
from starling.settings.lists import items
from starling.settings.schema import Value
from starling.speech.stt.ladder import ProviderChoice, SttTier
from starling.speech.tts.ladder import TtsTier


@dataclass(frozen=True)
class Choice:
    """Everything a run needs to know, checked and typed. Names and bounds: ``settings/schema.py``."""

    segmenter: SegmenterConfig
    microphone: str
    speaker: str
    stt_tier: SttTier
    stt_provider: ProviderChoice
    stt_prefer: Prefer
    stt_model: str
    stt_options: SttOptions
    stt_threads: int
    tts_tier: TtsTier
    tts_model: str
    voice: str
    speed: float
    volume: float
    seed: int
    favourites: tuple[str, ...]
    answer: AnswerPolicy
    wake_phrase: str
    follow_up_s: float
    language_model: Wishes
    idle_unload_s: float
    keep_history: bool
    keep_days: int
    keep_audio: bool
    keep_audio_days: int
    private_start: bool
    mode: Mode
    activation: Activation
    live_text: bool
    xrt_log: bool
    dictation: Switches
    insert: bool
    insertion: Insertion
    sounds: bool
    phrases: Phrases


def choose(setting: Callable[[str], Value], language: str | None = None, **options: Any) -> Choice:
    """Read the settings; what is not None replaces them (``options`` are fields of :class:`Choice`)."""

    def read(key: str) -> Any:
        return setting(key)

    language = language or cast(str, read("stt.language"))
    fields: dict[str, Any] = {
        "segmenter": SegmenterConfig(
            threshold=read("vad.threshold"),
            pre_roll_ms=read("vad.pre_roll"),
            onset_frames=read("vad.onset_frames"),
            hangover_ms=read("vad.hangover"),
            early_ms=read("vad.early"),
            longest_s=read("vad.longest"),
        ),
        "microphone": read("audio.microphone"),
        "speaker": read("audio.speaker"),
        "stt_tier": read("stt.tier"),
        "stt_provider": read("stt.provider"),
        "stt_prefer": read("stt.prefer"),
        "stt_model": read("stt.model"),
        "stt_options": SttOptions(language=None if language == "auto" else language, beam_size=read("stt.beam_size")),
        "stt_threads": read("stt.threads"),
        "tts_tier": read("tts.tier"),
        "tts_model": read("tts.model"),
        "voice": read("tts.voice"),
        "speed": read("tts.speed"),
        "volume": read("tts.volume"),
        "seed": read("tts.seed"),
        "favourites": items(read("tts.favourites")),
        "answer": read("assistant.answer"),
        "wake_phrase": read("assistant.wake_phrase"),
        "follow_up_s": float(read("assistant.follow_up")),
        "language_model": _language_model(read),
        "idle_unload_s": 60.0 * read("engine.idle_unload"),
        "keep_history": read("history.keep"),
        "keep_days": read("history.keep_days"),
        "keep_audio": read("history.keep_audio"),
        "keep_audio_days": read("history.keep_audio_days"),
        "private_start": read("history.private_start"),
        "mode": read("listen.mode"),
        "activation": read("listen.activation"),
        "live_text": read("stt.partial"),
        "xrt_log": read("engine.xrt_log"),
        "dictation": switches(setting),
        "insert": read("dictation.insert"),
        "insertion": wishes(read),
        "sounds": read("dictation.sounds"),
        "phrases": Phrases(
            start=read("dictation.start_phrase"),
            stop=read("dictation.stop_phrase"),
            pause=read("dictation.pause_phrase"),
            resume=read("dictation.resume_phrase"),
        ),
    }
    fields |= {name: value for name, value in options.items() if value is not None}
    return Choice(**fields)


def _language_model(read: Callable[[str], Any]) -> Wishes:
    return Wishes(
        url=read("assistant.llm_url"),
        model=read("assistant.llm_model").strip(),
        prompt=read("assistant.system_prompt"),
        tools=read("assistant.llm_tools"),
        bounds=Bounds(
            turns=read("assistant.llm_memory"),
            characters=read("assistant.llm_characters"),
            silence_s=60.0 * read("assistant.llm_forget"),
        ),
        limits=Limits(first=float(read("assistant.llm_wait"))),
    )
