"""What a declaration of a setting says: enough for the file, the documentation and the dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Value = bool | int | float | str
Unit = Literal["", "ms", "s", "min", "days", "threads", "times"]
Control = Literal[
    "",
    "slider",
    "threshold",
    "input",
    "output",
    "model",
    "language",
    "voice",
    "wake_phrase",
    "server",
    "language_model",
    "chord",
]
PageKey = Literal[
    "listening",
    "keys",
    "sound",
    "recognition",
    "voice",
    "assistant",
    "conversation",
    "dictation",
    "insertion",
    "models",
    "power",
    "history",
    "window",
]


@dataclass(frozen=True)
class Page:
    """One page of the dialog.

    Attributes:
        key: what settings name it by.
        title: for people.
        note: what a reader should know before changing anything here; may be empty.
    """

    key: PageKey
    title: str
    note: str = ""


@dataclass(frozen=True)
class Setting:
    """One declared setting; the type is the default's.

    Attributes:
        key: ``section.name`` in the TOML file.
        title: a few words, as a label.
        description: one or two sentences that hold in the file and in the dialog.
        minimum: least number allowed.
        maximum: greatest number allowed.
        choices: the only texts allowed, as they stand in the file.
        unit: of a number.
        in_file: what a reader of the file needs besides: what an empty text or a word in it means.
        page: where the dialog shows it.
        control: what the dialog shows it with; empty for the plain control of its type.
        labels: the choices for people, in the same order.
        zero: what the value 0 means, in a word or two, where it means something of its own.
        step: the dialog's step between two numbers.
        advanced: shown only on request.
        keywords: what else people may search for.
        needs: the switch that has to be on for this setting to matter.
    """

    key: str
    default: Value
    title: str
    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: Unit = ""
    in_file: str = ""
    page: PageKey = "listening"
    control: Control = ""
    labels: tuple[str, ...] = ()
    zero: str = ""
    step: float = 1
    advanced: bool = False
    keywords: tuple[str, ...] = ()
    needs: str = ""
