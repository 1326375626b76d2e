"""Which voices there are: of every tier, with what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace

from starling.core.errors import StarlingError
from starling.engine.clients import TtsClient, Voice
from starling.models import library
from starling.models.info import largest
from starling.pipeline.voice_events import VoiceCatalogue, VoiceShown, VoiceTier
from starling.pipeline.voice_figures import VoiceFigures
from starling.speech.tts import voices
from starling.speech.tts.kokoro_files import voice_names
from starling.speech.tts.ladder import NOT_BUILT
from starling.speech.tts.voices import VoiceInfo

NO_MODEL = "No Kokoro model is installed."


def catalogue(
    demo: Callable[[], TtsClient],
    in_use: str,
    favourites: tuple[str, ...] = (),
    why_no_npu: str = "",
    measured: Sequence[VoiceFigures] = (),
) -> VoiceCatalogue:
    """Every tier, best first. May load eSpeak, never Kokoro.

    Args:
        demo: gives an engine of the demo tier.
        in_use: the tier that speaks the replies.
        favourites: ids, handed through.
        why_no_npu: of a panel: why no better tier than the one in use is used.
        measured: what the voices have cost on this machine.
    """
    missing = tuple(VoiceTier(tier, False, reason) for tier, reason in NOT_BUILT.items())
    cpu = cpu_tier(in_use == "cpu")
    tiers = (*missing, npu_tier(cpu, why_no_npu, in_use == "npu"), cpu, demo_tier(demo, in_use == "demo"))
    return VoiceCatalogue(tuple(_with_figures(tier, measured) for tier in tiers), favourites)


def _with_figures(tier: VoiceTier, measured: Iterable[VoiceFigures]) -> VoiceTier:
    mine = [one for one in measured if (one.tier, one.model) == (tier.tier, tier.model)]
    audio_s, sounds = sum(one.audio_s for one in mine), sum(one.first_sounds for one in mine)
    rtf = sum(one.synthesis_s for one in mine) / audio_s if audio_s else None
    return replace(tier, rtf=rtf, first_sound_ms=sum(one.first_sound_ms for one in mine) / sounds if sounds else None)


def npu_tier(cpu: VoiceTier, why_not: str, in_use: bool) -> VoiceTier:
    """Kokoro with a part of it on the NPU: the same model and voices as on the CPU, spoken only where it is in use."""
    if in_use:
        return replace(cpu, tier="npu", in_use=True)
    clauses = [clause.removeprefix("npu: ") for clause in why_not.split("; ") if clause.startswith("npu: ")]
    reason = cpu.reason.rstrip(".") or "; ".join(clauses) or "it is not used"
    return replace(cpu, tier="npu", available=False, reason=f"{reason[0].upper()}{reason[1:]}.", in_use=False)


def cpu_tier(in_use: bool) -> VoiceTier:
    """Kokoro's voices, by the directory of the voices file that is installed."""
    table = voices.kokoro_voices()
    everyone = tuple(map(_shown, voices.ranked(table.voices.values())))
    try:
        model = largest(library.installed(), "kokoro")
        if model is None:
            return VoiceTier("cpu", False, NO_MODEL, voices=everyone, source=table.source)
        there = [voices.kokoro_voice(name) for name in voice_names(model.path)]
    except StarlingError as error:
        return VoiceTier("cpu", False, str(error), voices=everyone, source=table.source)
    found = tuple(map(_shown, voices.ranked(there)))
    return VoiceTier("cpu", True, "", in_use, model.name, found, source=table.source)


def demo_tier(client: Callable[[], TtsClient], in_use: bool) -> VoiceTier:
    """The voices of eSpeak, as its library lists them."""
    try:
        engine = client()
        found, variants = of_client("demo", engine.voices()), engine.variants()
    except StarlingError as error:
        return VoiceTier("demo", False, str(error))
    return VoiceTier("demo", True, "", in_use, "", tuple(found), tuple(map(_variant, variants)))


def of_client(tier: str, listed: Iterable[Voice]) -> list[VoiceShown]:
    """What an engine of this tier listed, in the order of the languages' names."""
    infos: list[VoiceInfo] = []
    for voice in listed:
        if tier == "demo":
            infos.append(voices.espeak_voice(voice.id, voice.language, voice.name, voice.gender))
        else:
            infos.append(voices.kokoro_voice(voice.id))
    return [_shown(info) for info in voices.ranked(infos)]


def _shown(info: VoiceInfo) -> VoiceShown:
    return VoiceShown(**asdict(info))


def _variant(variant: Voice) -> VoiceShown:
    """A variant's name stands where a voice has its language's."""
    return VoiceShown(variant.id, "", variant.name, variant.gender)
