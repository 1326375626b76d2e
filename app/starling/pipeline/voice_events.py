"""What the pipeline tells of voices and of previews. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from starling.core.placement import Placement


@dataclass(frozen=True)
class VoiceShown:
    """A voice as a page shows it.

    Attributes:
        id: what ``tts.voice`` stores.
        language: espeak-ng's code of its language.
        language_name: in English.
        gender: ``female``, ``male``, or empty where nobody says.
        grade: as its makers published it, ``A`` to ``F-``; empty where they did not.
        usable: whether it can be spoken with here.
        note: why not; empty for nothing.
    """

    id: str
    language: str
    language_name: str
    gender: str = ""
    grade: str = ""
    usable: bool = True
    note: str = ""


@dataclass(frozen=True)
class VoiceTier:
    """A tier of voices.

    Attributes:
        tier: ``mlir-aie``, ``npu``, ``cpu`` or ``demo``.
        available: whether it can speak here and now.
        reason: why not; empty while it is available.
        in_use: whether replies are spoken by it.
        model: the model that it would speak with; empty if it needs none or has none.
        voices: all it has, best first by language; those of a tier without its model are what the model would bring.
        variants: speakers that any of the voices can take on, as ``voice+variant``; empty for most tiers.
        source: where the grades were read; empty without grades.
        rtf: of everything that it has spoken on this machine; None when nothing was measured.
        first_sound_ms: the mean of it, from the text to the first sound.
    """

    tier: str
    available: bool
    reason: str = ""
    in_use: bool = False
    model: str = ""
    voices: tuple[VoiceShown, ...] = ()
    variants: tuple[VoiceShown, ...] = ()
    source: str = ""
    rtf: float | None = None
    first_sound_ms: float | None = None


@dataclass(frozen=True)
class VoiceCatalogue:
    """The answer to a question for all voices: every tier, best first, and the favourites' ids."""

    tiers: tuple[VoiceTier, ...]
    favourites: tuple[str, ...] = ()


@dataclass(frozen=True)
class FavouritesChanged:
    """The ids of the favourite voices from now on."""

    voices: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What is to be spoken as a preview.

    Attributes:
        text: a sentence or a few.
        voice: voice id; empty for the tier's default.
        tier: ``cpu`` or ``demo``; empty for the tier that speaks the replies.
        speed: 0.5 to 2.0; 1.0 is the voice's own pace.
        volume: 0.0 to 2.0; 1.0 is the voice's own loudness.
        seed: of the noise that the voice draws; 0 for new noise each time.
    """

    text: str
    voice: str = ""
    tier: str = ""
    speed: float = 1.0
    volume: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class PreviewLoading:
    """A preview was asked for; its engine is made ready. Every one of these is followed by one ``PreviewEnded``."""

    preview: Preview


@dataclass(frozen=True)
class PreviewBegan:
    """It begins to be spoken, by this voice of this tier; ``notes`` are for people to read meanwhile."""

    preview: Preview
    tier: str
    voice: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PreviewProgress:
    """More of its sound was made: pairs (lowest, highest) in [-1, 1] of consecutive pieces, ``seconds`` together."""

    peaks: tuple[tuple[float, float], ...]
    seconds: float


@dataclass(frozen=True)
class PreviewEnded:
    """It was spoken, stopped, or could not be. Figures are None where nothing was measured.

    Attributes:
        preview: what was asked for.
        tier: that spoke; empty if none did.
        voice: that spoke.
        placement: where it was made.
        audio_s: seconds of speech.
        synthesis_s: seconds that the engine worked.
        waited_ms: from the question to the beginning: loading the engine, and what was being said before.
        time_to_first_audio_ms: from the beginning to the first sound.
        stopped: the user cut it short.
        notes: what a listener should know.
        error: why it could not be spoken, or not to its end.
    """

    preview: Preview
    tier: str = ""
    voice: str = ""
    placement: Placement = field(default_factory=Placement)
    audio_s: float | None = None
    synthesis_s: float | None = None
    waited_ms: float | None = None
    time_to_first_audio_ms: float | None = None
    stopped: bool = False
    notes: tuple[str, ...] = ()
    error: dict[str, str] | None = None

    @property
    def rtf(self) -> float | None:
        """Synthesis time divided by audio time; None for a stopped or failed preview."""
        if self.stopped or self.error or not self.audio_s or self.synthesis_s is None:
            return None
        return self.synthesis_s / self.audio_s


@dataclass(frozen=True)
class PreviewExported:
    """A preview was written to a file, or could not be: ``error``."""

    path: str
    audio_s: float | None = None
    error: dict[str, str] | None = None
