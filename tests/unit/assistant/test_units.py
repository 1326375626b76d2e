from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from starling.assistant.unit_table import UNITS, convert
from tests.unit.assistant.desk import Desk

CONVERSIONS = [
    ("how many kilometers is five miles", "5 miles is about 8.047 kilometers."),
    ("How many kilometres are in 5 miles?", "5 miles is about 8.047 kilometers."),
    ("convert 100 fahrenheit to celsius", "100 degrees Fahrenheit is about 37.78 degrees Celsius."),
    ("What's 100 degrees Fahrenheit in Celsius?", "100 degrees Fahrenheit is about 37.78 degrees Celsius."),
    ("What is 100\N{DEGREE SIGN}F in Celsius?", "100 degrees Fahrenheit is about 37.78 degrees Celsius."),
    ("20 c to f", "20 degrees Celsius is 68 degrees Fahrenheit."),
    ("minus forty celsius in fahrenheit", "Minus 40 degrees Celsius is minus 40 degrees Fahrenheit."),
    ("minus 300 celsius in kelvin", "That is colder than absolute zero."),
    ("what is 2 cups in milliliters", "2 US cups is about 473.2 milliliters."),
    ("how many feet are in a mile", "1 mile is 5,280 feet."),
    ("how many feet are there in a mile", "1 mile is 5,280 feet."),
    ("how many seconds in an hour", "1 hour is 3,600 seconds."),
    ("how many grams in half a pound", "0.5 pounds is about 226.8 grams."),
    ("how many pounds is seventy kilos", "70 kilograms is about 154.3 pounds."),
    ("five feet ten inches in centimeters", "5 feet 10 inches is 177.8 centimeters."),
    ("how many ounces in a cup", "1 US cup is 8 fluid ounces."),
    ("how many ounces in a pound", "1 pound is 16 ounces."),
    ("convert sixty mph to kilometers per hour", "60 miles per hour is about 96.56 kilometers per hour."),
    ("what is 100 km/h in miles per hour", "100 kilometers per hour is about 62.14 miles per hour."),
    ("how many megabytes in a gigabyte", "1 gigabyte is 1,000 megabytes."),
    ("how many acres in a square mile", "1 square mile is 640 acres."),
    ("how many weeks in a year", "1 year of 365 days is about 52.14 weeks."),
    ("could you convert two and a half inches to cm please", "2.5 inches is 6.35 centimeters."),
    ("one millimeter in miles", "1 millimeter is about 6.214 times 10 to the power of minus 7 miles."),
    ("how many kilograms is five miles", "I cannot convert a length into a weight."),
    ("what is 5 dollars in euros", "I cannot convert currencies, because exchange rates change and I have none."),
    ("convert ten pounds to dollars", "I cannot convert currencies, because exchange rates change and I have none."),
    ("What is $5 in euros?", "I cannot convert currencies, because exchange rates change and I have none."),
]


NO_CONVERSIONS = [
    "how many people are in five rooms",
    "convert the files to pdf",
    "two minutes in the oven",
    "he ran five miles in an hour",
    "what is a mile",
    "how many miles",
    "how much is the fish",
    "turn left into the street",
    "five feet to the left",
    "a day in the life",
]

IDENTITIES = [
    ("nautical miles", 1852, "meters"),
    ("miles", 1760, "yards"),
    ("yards", 3, "feet"),
    ("feet", 12, "inches"),
    ("inches", 25400, "micrometers"),
    ("pounds", 16, "ounces"),
    ("pounds", 453592370, "micrograms"),
    ("stone", 14, "pounds"),
    ("us tons", 2000, "pounds"),
    ("tonnes", 1000, "kilograms"),
    ("tablespoons", 3, "teaspoons"),
    ("fluid ounces", 2, "tablespoons"),
    ("cups", 8, "fluid ounces"),
    ("pints", 2, "cups"),
    ("quarts", 2, "pints"),
    ("gallons", 4, "quarts"),
    ("gallons", 231, "cubic inches"),
    ("cubic feet", 1728, "cubic inches"),
    ("cubic meters", 1000, "liters"),
    ("imperial gallons", 8, "imperial pints"),
    ("imperial gallons", 4546090, "microliters"),
    ("acres", 4840, "square yards"),
    ("square kilometers", 100, "hectares"),
    ("square feet", 144, "square inches"),
    ("weeks", 168, "hours"),
    ("years", 365, "days"),
    ("terabytes", 8 * 10**12, "bits"),
    ("tebibytes", 1024, "gibibytes"),
    ("mph", 5280, "feet per hour"),
    ("meters per second", 60, "meters per minute"),
]


def test_conversions(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert [(said, desk.say(said)) for said, _ in CONVERSIONS] == CONVERSIONS


def test_what_is_no_conversion(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert {said: desk.assistant.reply(said).skill for said in NO_CONVERSIONS} == dict.fromkeys(NO_CONVERSIONS, "none")


def test_sizes_keep_the_legal_definitions() -> None:
    small = {"micrograms": Fraction(1, 10**9), "microliters": Fraction(1, 10**6)}
    for name, times, of in IDENTITIES:
        size = small.get(of) or UNITS[of].size
        assert UNITS[name].size == times * size, name
    assert UNITS["knots"].size == UNITS["nautical miles"].size / 3600
    assert convert(Fraction(212), UNITS["f"], UNITS["c"]) == 100


def test_there_and_back_is_exact() -> None:
    for unit in UNITS.values():
        base = next(other for other in UNITS.values() if other.kind == unit.kind)
        assert convert(convert(Fraction(7, 3), unit, base), base, unit) == Fraction(7, 3)
