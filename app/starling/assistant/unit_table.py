"""Units of measure and their exact sizes.

Sizes are the legal definitions: the international yard and pound (1959), US customary volumes, the imperial gallon of
4.54609 litres, ISO 80000-13 data units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """``value in base units = amount * size + shift``."""

    kind: str
    size: Fraction
    singular: str
    plural: str
    shift: Fraction = Fraction(0)


KINDS = {
    "length": "a length", "mass": "a weight", "volume": "a volume", "temperature": "a temperature", "speed": "a speed",
    "time": "a time", "area": "an area", "data": "an amount of data",
}  # fmt: skip

_LENGTHS = (
    ("0.001", "millimeter millimeters millimetre millimetres mm"),
    ("0.01", "centimeter centimeters centimetre centimetres cm"),
    ("1", "meter meters metre metres m"),
    ("1000", "kilometer kilometers kilometre kilometres km kms"),
    ("0.0254", "inch inches in"),
    ("0.3048", "foot feet ft"),
    ("0.9144", "yard yards yd"),
    ("1609.344", "mile miles mi"),
)
_ROWS: tuple[tuple[str, str, str], ...] = (
    *(("length", size, names) for size, names in _LENGTHS),
    ("length", "1852", "nautical_mile nautical_miles"),
    ("length", "1e-6", "micrometer micrometers micrometre micrometres micron microns"),
    ("mass", "1e-6", "milligram milligrams mg"),
    ("mass", "0.001", "gram grams gramme grammes g"),
    ("mass", "1", "kilogram kilograms kilogramme kilogrammes kilo kilos kg"),
    ("mass", "1000", "metric_ton metric_tons tonne tonnes"),
    ("mass", "0.028349523125", "ounce ounces oz"),
    ("mass", "0.45359237", "pound pounds lb lbs"),
    ("mass", "6.35029318", "stone stones"),
    ("mass", "907.18474", "US_ton US_tons ton tons short_ton short_tons"),
    ("volume", "0.001", "milliliter milliliters millilitre millilitres ml"),
    ("volume", "0.01", "centiliter centiliters centilitre centilitres cl"),
    ("volume", "0.1", "deciliter deciliters decilitre decilitres dl"),
    ("volume", "1", "liter liters litre litres l"),
    ("volume", "1000", "cubic_meter cubic_meters cubic_metre cubic_metres"),
    ("volume", "0.001", "cubic_centimeter cubic_centimeters cubic_centimetre cubic_centimetres cc"),
    ("volume", "0.016387064", "cubic_inch cubic_inches"),
    ("volume", "28.316846592", "cubic_foot cubic_feet"),
    ("volume", "0.00492892159375", "teaspoon teaspoons tsp"),
    ("volume", "0.01478676478125", "tablespoon tablespoons tbsp"),
    ("volume", "0.0295735295625", "fluid_ounce fluid_ounces fl_oz"),
    ("volume", "0.2365882365", "US_cup US_cups cup cups"),
    ("volume", "0.473176473", "US_pint US_pints pint pints"),
    ("volume", "0.946352946", "US_quart US_quarts quart quarts"),
    ("volume", "3.785411784", "US_gallon US_gallons gallon gallons"),
    ("volume", "0.56826125", "imperial_pint imperial_pints uk_pint uk_pints british_pint british_pints"),
    ("volume", "4.54609", "imperial_gallon imperial_gallons uk_gallon uk_gallons british_gallon british_gallons"),
    ("time", "0.001", "millisecond milliseconds ms"),
    ("time", "1", "second seconds sec secs s"),
    ("time", "60", "minute minutes min mins"),
    ("time", "3600", "hour hours hr hrs h"),
    ("time", "86400", "day days"),
    ("time", "604800", "week weeks"),
    ("time", "31536000", "year_of_365_days years_of_365_days year years"),
    ("area", "10000", "hectare hectares ha"),
    ("area", "4046.8564224", "acre acres"),
    ("speed", "1852/3600", "knot knots"),
    ("data", "1", "bit bits"),
    ("data", "8", "byte bytes"),
    *(
        ("data", str(8 * size), f"{prefix}byte {prefix}bytes {short}")
        for prefix, short, size in (
            ("kilo", "kb", 10**3), ("mega", "mb", 10**6), ("giga", "gb", 10**9), ("tera", "tb", 10**12),
            ("peta", "pb", 10**15), ("kibi", "kib", 2**10), ("mebi", "mib", 2**20), ("gibi", "gib", 2**30),
            ("tebi", "tib", 2**40),
        )
    ),
    *(
        ("data", str(size), f"{prefix}bit {prefix}bits")
        for prefix, size in (("kilo", 10**3), ("mega", 10**6), ("giga", 10**9), ("tera", 10**12))
    ),
)  # fmt: skip
_TEMPERATURES = (
    (Unit("temperature", Fraction(1), "degree Celsius", "degrees Celsius", Fraction("273.15")), "celsius centigrade c"),
    (
        Unit(
            "temperature",
            Fraction(5, 9),
            "degree Fahrenheit",
            "degrees Fahrenheit",
            Fraction("459.67") * Fraction(5, 9),
        ),
        "fahrenheit f",
    ),
    (Unit("temperature", Fraction(1), "kelvin", "kelvin"), "kelvin kelvins k"),
)
_SPEED_SHORT = {
    "mph": "miles per hour", "kmh": "kilometers per hour", "kph": "kilometers per hour",
    "km / h": "kilometers per hour", "m / s": "meters per second", "miles an hour": "miles per hour",
    "kilometers an hour": "kilometers per hour",
}  # fmt: skip
CURRENCIES = frozenset(
    name.replace("_", " ")
    for name in (
        "dollar dollars us_dollar us_dollars euro euros pounds_sterling british_pounds yen yuan franc francs "
        "swiss_francs rupee rupees peso pesos krona kronor bitcoin bitcoins bucks"
    ).split()
)


def _table() -> Iterator[tuple[str, Unit]]:
    for kind, size, names in _ROWS:
        words = [name.replace("_", " ") for name in names.split()]
        unit = Unit(kind, Fraction(size), words[0], words[1])
        yield from ((name.lower(), unit) for name in words)
    for unit, names in _TEMPERATURES:
        for name in names.split():
            yield from ((f"{before}{name}", unit) for before in ("", "degrees ", "degree "))
    for size, names in _LENGTHS:
        words = names.split()
        yield from _derived(words, Fraction(size))


def _derived(words: list[str], size: Fraction) -> Iterator[tuple[str, Unit]]:
    """Areas and speeds of a length."""
    square = Unit("area", size**2, f"square {words[0]}", f"square {words[1]}")
    yield from ((f"square {word}", square) for word in words)
    for period, seconds in (("second", 1), ("minute", 60), ("hour", 3600)):
        speed = Unit("speed", size / seconds, f"{words[0]} per {period}", f"{words[1]} per {period}")
        yield from ((f"{word} per {period}", speed) for word in words)


UNITS: dict[str, Unit] = dict(_table())
UNITS |= {short: UNITS[name] for short, name in _SPEED_SHORT.items()}
LONGEST_NAME_WORDS = max(len(name.split()) for name in UNITS)


def convert(amount: Fraction, source: Unit, target: Unit) -> Fraction:
    """The same quantity in another unit of its kind."""
    return (amount * source.size + source.shift - target.shift) / target.size
