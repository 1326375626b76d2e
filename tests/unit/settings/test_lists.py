import pytest

from starling.settings.lists import items, with_item


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" , ,", ()),
        ("af_heart", ("af_heart",)),
        ("af_heart,en-gb+f5", ("af_heart", "en-gb+f5")),
        (" b , a ,b", ("b", "a")),
        ("en-us+Mr  serious", ("en-us+Mr serious",)),
    ],
)
def test_items(text, expected):
    assert items(text) == expected


@pytest.mark.parametrize(
    ("text", "item", "on", "expected"),
    [
        ("", "a", True, "a"),
        ("a, b", "c", True, "a, b, c"),
        ("a, b", "a", True, "b, a"),
        ("a, b", "a", False, "b"),
        ("a", "a", False, ""),
        ("a", "b", False, "a"),
        ("a,,a", " ", True, "a"),
    ],
)
def test_an_item_more_or_less(text, item, on, expected):
    assert with_item(text, item, on) == expected
