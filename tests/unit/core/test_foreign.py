import pytest

from starling.core.foreign import one_line, spoken


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0.9.46", "0.9.46"),
        ("  two \r\n words\t", "two words"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x\x9b2Jy", "]0;title x 2Jy"),
        ("a\ud800b", "a b"),
        ("a\u202eb\u200bc", "a b c"),
        ("Grüße 你好", "Grüße 你好"),
        ("", ""),
        ("x" * 30, "x" * 19 + "…"),
    ],
)
def test_a_line_can_be_shown(text, line):
    assert one_line(text, 20) == line
    assert line.isprintable()
    line.encode()


def test_a_transcript_keeps_what_its_script_needs():
    assert spoken(" \u0645\u06cc\u200c\u062e\u0648 \n x ") == "\u0645\u06cc\u200c\u062e\u0648 x"
    assert spoken("a\x1b[2Jb\ud83dc\0") == "a [2Jb c"
