"""What xrt-smi says, whatever its version and format."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from starling.core.foreign import one_line

NOTHING = frozenset({"", "n/a", "unknown", "unknown, unknown", "none"})
MODE_WORDS = ("default", "powersaver", "balanced", "performance", "turbo")


@dataclass(frozen=True)
class SmiDevice:
    """A row of the device table."""

    bdf: str
    name: str


@dataclass(frozen=True)
class SmiContext:
    """One hardware context; None for what this version does not print."""

    pid: int
    context_id: str = ""
    status: str = ""
    columns: tuple[int, ...] = ()
    submissions: int | None = None
    completions: int | None = None
    errors: int | None = None


@dataclass(frozen=True)
class SmiReport:
    """Several reports together. Empty and None: not told.

    Attributes:
        drivers: (name, version) as printed; a version may be only the kernel's release.
        power_mode: one of XRT's five words, lower case.
        power_w: the estimated power.
        contexts: None when the partitions were not told; empty when there are none.
        error: the first error line.
    """

    xrt_version: str = ""
    kernel: str = ""
    drivers: tuple[tuple[str, str], ...] = ()
    firmware: str = ""
    devices: tuple[SmiDevice, ...] | None = None
    power_mode: str = ""
    columns: int | None = None
    power_w: float | None = None
    contexts: tuple[SmiContext, ...] | None = None
    error: str = ""

    def merged(self, other: SmiReport) -> SmiReport:
        """This one, completed by another."""
        missing = {
            field.name: getattr(other, field.name)
            for field in fields(self)
            if getattr(self, field.name) in (None, "", ()) and getattr(other, field.name) not in (None, "")
        }
        return replace(self, **missing)

    @property
    def empty(self) -> bool:
        """Whether nothing was understood."""
        return self == SmiReport()


def known(text: object) -> str:
    """A printed value; empty for the ways of saying that there is none."""
    plain = isinstance(text, str | int | float) and not isinstance(text, bool)
    value = one_line(str(text), 200) if plain else ""
    return "" if value.lower() in NOTHING else value


def number(text: object) -> int | None:
    """A printed whole number."""
    value = known(text)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None


def watts(text: object) -> float | None:
    """``1.277 Watts``."""
    word = next(iter(known(text).split()), "")
    try:
        value = float(word)
    except ValueError:
        return None
    return value if 0 <= value < 1000 else None  # a driver without a sensor says 4294967295


def mode(text: object) -> str:
    """One of the five words, lower case; empty for any other."""
    word = known(text).lower()
    return word if word in MODE_WORDS else ""


def numbers(text: str) -> tuple[int, ...]:
    """``[0, 1, 2]``."""
    words = text.replace("[", " ").replace("]", " ").replace(",", " ").split()
    return tuple(int(word) for word in words[:64] if word.isascii() and word.isdigit() and len(word) < 6)
