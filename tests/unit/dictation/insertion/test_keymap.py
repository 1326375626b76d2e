import pytest

from starling.dictation.insertion.x11.keymap import LEVEL3, Keymap, Stroke, character_of, keysym_of, plan

A, Q, RETURN, ALTGR, KA = 8, 9, 10, 11, 12
"""Key codes of a tiny keyboard; 13 and 14 are spare."""
COLUMNS = [
    [ord("a"), ord("A"), ord("a"), ord("A")],
    [ord("q"), ord("Q"), 0, 0, ord("@"), 0],
    [0xFF0D],
    [LEVEL3],
    [ord("k"), 0, 0x6CB, 0x6EB],  # k, and the Cyrillic ka in the second group
    [],
    [0, 0],
]


def keymap(group=0):
    return Keymap(COLUMNS, group)


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("a", Stroke(A)),
        ("A", Stroke(A, shift=True)),
        ("@", Stroke(Q, level3=True)),
        ("\n", Stroke(RETURN)),
        ("K", Stroke(KA, shift=True)),
        ("é", None),
        ("к", None),
    ],
)
def test_strokes_of_the_first_group(character, expected) -> None:
    assert keymap().stroke(character) == expected


def test_strokes_of_other_groups() -> None:
    assert keymap(1).stroke("к") == Stroke(KA)
    assert keymap(1).stroke("k") is None
    assert keymap(1).stroke("q") == Stroke(Q)  # a key with one group has it in all
    assert keymap(2).stroke("a") is None  # the core map does not tell


@pytest.mark.parametrize(
    ("keysym", "character"),
    [(0x61, "a"), (0xE9, "é"), (0x20AC, "€"), (0x10020AC, "€"), (0x1F600 + 0x1000000, "😀"), (0x6C1, "а"),  # noqa: RUF001
     (0x7E1, "α"), (0x7F2, "σ"), (0x7F3, "ς"), (0x1B1, "ą"), (0xCE0, "א"), (0xFF08, ""), (0xFFE1, ""), (0, ""),  # noqa: RUF001
     (0xFE50, ""), (0x799, ""), (0x6FFFFFFF, "")],
)  # fmt: skip
def test_keysyms_and_their_characters(keysym, character) -> None:
    assert character_of(keysym) == character


def test_keysyms_of_characters() -> None:
    assert [keysym_of(c) for c in "aé\n你"] == [0x61, 0xE9, 0xFF0D, 0x1004F60]


def test_missing_characters_get_spare_keys() -> None:
    (chunk,) = plan("aéé", keymap(), True)
    assert dict(chunk.spare) == {13: (0xE9, 0xE9)}
    assert chunk.strokes == (Stroke(A), Stroke(13), Stroke(13))


def test_two_missing_characters_share_a_spare_key() -> None:
    (chunk,) = plan("éü你", keymap(), True)
    assert dict(chunk.spare) == {13: (0xE9, 0xFC), 14: (0x1004F60, 0x1004F60)}
    assert chunk.strokes == (Stroke(13), Stroke(13, shift=True), Stroke(14))


def test_more_missing_characters_than_spare_keys_come_in_turns() -> None:
    chunks = plan("éüößa你", keymap(), True)
    assert [chunk.text for chunk in chunks] == ["éüößa", "你"]
    assert [dict(chunk.spare) for chunk in chunks] == [
        {13: (0xE9, 0xFC), 14: (0xF6, 0xDF)},
        {13: (0x1004F60, 0x1004F60)},
    ]


def test_parts_keep_their_spare_keys() -> None:
    chunks = plan("é" * 5, keymap(), True, most=2)
    assert [chunk.text for chunk in chunks] == ["éé", "éé", "é"]
    assert {tuple(chunk.spare.items()) for chunk in chunks} == {((13, (0xE9, 0xE9)),)}


def test_the_longest_runs_of_spare_keys_are_used_first() -> None:
    assert Keymap([[], [97], [], [], [97], [], [], []], 0).spare == [13, 14, 15, 10, 11, 8]


@pytest.mark.parametrize("text", ["", "a", "é" * 500, "aé\nü你好😀" * 50])
def test_nothing_is_lost_and_the_order_kept(text) -> None:
    assert "".join(chunk.text for chunk in plan(text, keymap(), True)) == text


def test_new_lines() -> None:
    assert plan("\n", keymap(), True)[0].strokes == (Stroke(RETURN, shift=True),)
    assert plan("\n", keymap(), False)[0].strokes == (Stroke(RETURN),)


def test_a_keyboard_without_spare_keys() -> None:
    with pytest.raises(LookupError):
        plan("é", Keymap(COLUMNS[:5], 0), True)
