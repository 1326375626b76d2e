"""What is handed to a voice."""

# ruff: noqa: RUF001 (symbols are the point)
from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starling.core.clauses import UNBROKEN_LIMIT
from starling.core.spoken import spoken

CASES = [
    ("", ""),
    ("It is ten thirty.", "It is ten thirty."),
    ("**Bold** and *italic* and `code` and ~~gone~~", "Bold and italic and code and gone"),
    ("_so_ but snake_case_name stays", "so but snake_case_name stays"),
    ("2 * 3 * 4", "2 times 3 times 4"),
    ("# Title\n\n- one\n- two\n* three", "Title\n\none\ntwo\nthree"),
    ("1. First\n2. Second", "1. First\n2. Second"),
    ("- [x] done", "done"),
    ("> quoted", "quoted"),
    ("[the page](https://example.org/a) and ![a cat](cat.png)", "the page and a cat"),
    ("```python\nx = 1\n```", "x equals 1"),
    ("See https://www.example.org/a/b?c=1#d.", "See example.org."),
    ("See http://example.org:8080/x, then go.", "See example.org, then go."),
    ("Write to jo.doe@example.org now", "Write to jo.doe at example.org now"),
    ("50% of it", "50 percent of it"),
    ("21 °C, 5km, 1 km, 3.5 kg, 100 km/h", "21 degrees Celsius, 5 kilometres, 1 kilometre, 3.5 kilograms, "
     "100 kilometres per hour"),
    ("1 °C and 1 kWh and 1 Hz and 1%", "1 degree Celsius and 1 kilowatt hour and 1 hertz and 1 percent"),
    ("5 mice in 3 msec", "5 mice in 3 msec"),
    ("$5, $1, €2.50, £3 million, 20 €", "5 dollars, 1 dollar, 2.50 euros, 3 million pounds, 20 euros"),
    ("-$5 and -3 degrees", "minus 5 dollars and minus 3 degrees"),
    ("2 + 2 = 4", "2 plus 2 equals 4"),
    ("7 - 3, 2024-05-01, 555-1234", "7 minus 3, 2024-05-01, 555-1234"),
    ("6×7 and 8 ÷ 2 ± 1", "6 times 7 and 8 divided by 2 plus or minus 1"),
    ("salt & pepper, ~5 of them", "salt and pepper, about 5 of them"),
    ("Great 😀🎉 news 👍🏽!", "Great news!"),
    ("🎉", ""),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n\n1, 2"),
    ("3.14 and 1,000 and 10:30", "3.14 and 1,000 and 10:30"),
    ("Привет, мир", "Привет, мир"),
    ("a\u00a0b  c", "a b c"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), CASES)
def test_what_is_said(text: str, said: str) -> None:
    assert spoken(text) == said


@given(st.text(alphabet="ab1 .,$€%*_`#|[]()!~-=+\n°C\"'", max_size=80))
def test_any_text_is_survived(text: str) -> None:
    said = spoken(text)
    assert said == said.strip()
    for symbol in ("  ", "%%%%%%%%%%%%"):
        assert symbol not in said or symbol in text


@pytest.mark.alone
@pytest.mark.parametrize("run", ["*", "[", "_", "|", "`", "- ", "(", "1", "http://", "a@", "$"])
def test_no_clause_takes_long(run: str) -> None:
    began = time.perf_counter()
    spoken((run * UNBROKEN_LIMIT)[:UNBROKEN_LIMIT])
    assert time.perf_counter() - began < 0.5
