import ast
from pathlib import Path

import pytest

from starling.settings.docs import docs
from starling.settings.schema import SETTINGS, Setting

REPOSITORY = Path(__file__).resolve().parents[3]


def test_a_row_says_everything() -> None:
    setting = Setting("a.b", 0.5, "Threshold", "Above it | is speech.", 0.1, 0.9, unit="s")
    assert docs([setting]).splitlines()[2:] == [
        "| `a.b` | `0.5` | a number from 0.1 to 0.9 (s) | Threshold. Above it \\| is speech. |"
    ]


def test_choices_and_texts() -> None:
    declared = [Setting("a.b", "x", "T", "D.", choices=("x", "y")), Setting("a.c", "", "T", "D.")]
    assert docs(declared).splitlines()[2:] == [
        '| `a.b` | `"x"` | one of x, y | T. D. |',
        '| `a.c` | `""` | text in quotes | T. D. |',
    ]


def test_the_page_is_up_to_date() -> None:
    page = REPOSITORY / "docs" / "settings.md"
    if not page.exists():
        pytest.skip("docs/settings.md has not been written")
    assert docs() in page.read_text("utf-8")


def test_every_setting_has_a_reader() -> None:
    package = REPOSITORY / "app" / "starling"
    read = {
        node.value
        for path in package.rglob("*.py")
        if not {"settings", "preferences"} & set(path.relative_to(package).parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [setting.key for setting in SETTINGS if setting.key not in read] == []
