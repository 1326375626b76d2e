"""Values as short English that both a screen and a voice can carry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

_EXACT_PLACES = 10
_LARGEST_PLAIN = 10**15
_SMALLEST_PLAIN = Fraction(1, 1000)
_SMALLEST_EXACT = Fraction(1, 10**6)
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_MINUTES_ONLY_FROM_S = 600


def is_short_decimal(value: Fraction) -> bool:
    """True if at most ten decimals write the value exactly."""
    return bool((value * 10**_EXACT_PLACES).denominator == 1)


def _scientific(value: Fraction) -> str:
    size, power = abs(value), 0
    power = len(str(size.numerator)) - len(str(size.denominator))
    power -= size < Fraction(10) ** power
    mantissa = round(size / Fraction(10) ** power, 4)
    if mantissa == 10:
        mantissa, power = Fraction(1), power + 1
    sign = "minus " if value < 0 else ""
    return f"{sign}{_plain(mantissa)} times 10 to the power of {'minus ' if power < 0 else ''}{abs(power)}"


def _plain(value: Fraction) -> str:
    digits = f"{abs(value.numerator) * 10**_EXACT_PLACES // value.denominator:0{_EXACT_PLACES + 1}d}"
    whole, decimals = digits[:-_EXACT_PLACES], digits[-_EXACT_PLACES:].rstrip("0")
    sign = "minus " if value < 0 else ""
    return f"{sign}{int(whole):,}{'.' + decimals if decimals else ''}"


def number(value: Fraction, *, exact: bool = True, places: int = 4) -> str:
    """``161``, ``1,234.5``, ``minus 3``, ``about 0.3333``, ``about 1.2677 times 10 to the power of 30``.

    Args:
        value: what to say.
        exact: False if the value itself is a rounded one.
        places: decimals kept when the exact decimals are too many.
    """
    tiny_but_short = exact and _SMALLEST_EXACT <= abs(value) < 1 and is_short_decimal(value)
    if value and not _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN and not tiny_but_short:
        return f"about {_scientific(value)}"
    if exact and is_short_decimal(value):
        return _plain(value)
    size = abs(value)
    while size < Fraction(1, 10) and size:
        places, size = places + 1, size * 10
    return f"about {_plain(round(value, places))}"


def measure(value: Fraction) -> str:
    """A converted quantity: whole numbers as they are, others with four significant digits, ``about 8.047``."""
    places, size = 3, abs(value)
    while size >= 10 and places:
        places, size = places - 1, size / 10
    while 0 < size < 1:
        places, size = places + 1, size * 10
    short = round(value, places)
    if value.denominator == 1 or short == value:
        return number(value)
    return f"about {number(short).removeprefix('about ')}"


def count(amount: int, noun: str) -> str:
    """``1 note``, ``3 notes``."""
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def listing(parts: Sequence[str], joint: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return f" {joint} ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def duration(seconds: int) -> str:
    """``1 hour and 30 minutes``."""
    parts = []
    for size, name in _UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(count(amount, name))
    return listing(parts) or "0 seconds"


def length(seconds: int) -> str:
    """A duration before a noun: ``10 minute`` timer, ``1 hour and 30 minute`` timer."""
    return " ".join(word.removesuffix("s") for word in duration(seconds).split())


def remaining(seconds: float) -> str:
    """A duration that is running out, rounded up; from ten minutes on without seconds."""
    whole = max(1, -int(-seconds // 1))
    return duration(-(-whole // 60) * 60 if whole >= _MINUTES_ONLY_FROM_S else whole)


def clock(moment: datetime) -> str:
    """``3:05 PM``, ``12 noon``; ``10 AM`` on the hour, because voices read ``10:00`` as ten zero zero."""
    if moment.hour % 12 == 0 and not moment.minute:
        return "12 noon" if moment.hour else "12 midnight"
    hour, half = moment.hour % 12 or 12, "AM" if moment.hour < 12 else "PM"
    return f"{hour}:{moment.minute:02d} {half}" if moment.minute else f"{hour} {half}"


def ordinal(value: int) -> str:
    """``1st``, ``22nd``, ``13th``."""
    ending = "th" if value % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day(value: date) -> str:
    """``Thursday, December 24th, 2026``. English whatever the machine's locale."""
    return f"{WEEKDAYS[value.weekday()]}, {MONTHS[value.month - 1]} {ordinal(value.day)}, {value.year}"


def near_day(value: date, today: date) -> str:
    """``today``, ``tomorrow``, ``on Thursday``, or the whole date."""
    ahead = (value - today).days
    if ahead in {0, 1, -1}:
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[ahead]
    return f"on {WEEKDAYS[value.weekday()]}" if 1 < ahead < 7 else f"on {day(value)}"
