"""What the page of voices knows, from events: pure, without Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from starling.pipeline import events

DEFAULT_VOICES: Mapping[str, str] = {"npu": "af_heart", "cpu": "af_heart", "demo": "en-us"}
"""Who speaks where no voice was chosen, by tier."""

Outcome = Literal["saved", "failed"]


@dataclass(frozen=True)
class Figures:
    """The last that was measured of a tier, or the mean of earlier runs; None for what was not."""

    rtf: float | None = None
    first_sound_ms: float | None = None


@dataclass(frozen=True)
class Told:
    """What came of the last thing that was asked for: a path that was saved, or what failed."""

    outcome: Outcome
    text: str


@dataclass(frozen=True)
class State:
    """Everything the page shows that the pipeline has told.

    Attributes:
        tiers: best first; None until they were told.
        favourites: ids.
        now: the preview that is made ready or spoken.
        speaking: it sounds.
        figures: by tier, of previews and replies alike.
        waited_ms: for the engine of the last preview.
        told: what there is to read; None for nothing.
    """

    tiers: tuple[events.VoiceTier, ...] | None = None
    favourites: tuple[str, ...] = ()
    now: events.Preview | None = None
    speaking: bool = False
    figures: Mapping[str, Figures] = field(default_factory=dict)
    waited_ms: float | None = None
    told: Told | None = None

    def tier(self, name: str) -> events.VoiceTier | None:
        """The tier of that name."""
        return next((tier for tier in self.tiers or () if tier.tier == name), None)

    @property
    def in_use(self) -> str:
        """The tier that speaks the replies; empty while that is not known."""
        return next((tier.tier for tier in self.tiers or () if tier.in_use), "")


def after(state: State, event: events.Event) -> State:
    """What is known after one event; the same object where nothing has changed."""
    match event:
        case events.VoiceCatalogue(tiers=tiers, favourites=favourites):
            return replace(state, tiers=tiers, favourites=favourites, figures=_earlier(tiers) | dict(state.figures))
        case events.FavouritesChanged(voices=favourites):
            return replace(state, favourites=favourites)
        case events.PreviewLoading(preview=preview):
            return replace(state, now=preview, speaking=False, told=None)
        case events.PreviewBegan():
            return replace(state, speaking=state.now is not None)
        case events.PreviewEnded():
            return _ended(state, event)
        case events.PreviewExported(path=path, error=error):
            return replace(state, told=Told("failed", sentences(error)) if error else Told("saved", path))
        case events.ReplyEnded(reply=reply):
            return _measured(state, reply.tier, reply.rtf, reply.time_to_first_audio_ms)
        case events.Stopped():
            return replace(state, now=None, speaking=False)
    return state


def sentences(error: Mapping[str, str]) -> str:
    """An error for people: what is wrong and what to do."""
    return " ".join(part for part in (error.get("message", ""), error.get("fix", "")) if part)


def _earlier(tiers: Iterable[events.VoiceTier]) -> dict[str, Figures]:
    """What earlier runs measured, by tier."""
    return {
        tier.tier: Figures(tier.rtf, tier.first_sound_ms)
        for tier in tiers
        if tier.rtf is not None or tier.first_sound_ms is not None
    }


def _ended(state: State, event: events.PreviewEnded) -> State:
    if event.preview == state.now:
        state = replace(state, now=None, speaking=False)
    if event.error:
        state = replace(state, told=Told("failed", sentences(event.error)))
    if event.waited_ms is not None:
        state = replace(state, waited_ms=event.waited_ms)
    return _measured(state, event.tier, event.rtf, event.time_to_first_audio_ms)


def _measured(state: State, tier: str, rtf: float | None, first_sound_ms: float | None) -> State:
    if not tier or (rtf is None and first_sound_ms is None):
        return state
    old = state.figures.get(tier, Figures())
    new = Figures(old.rtf if rtf is None else rtf, old.first_sound_ms if first_sound_ms is None else first_sound_ms)
    return replace(state, figures={**state.figures, tier: new})
