import pytest

from starling.ui.transcript.placing import revealing, rows_between, tops_of


@pytest.mark.parametrize(("heights", "tops"), [([], [0]), ([10], [0, 10]), ([10, 20, 5], [0, 14, 38, 43])])
def test_tops(heights, tops):
    assert tops_of(heights, 4) == tops


@pytest.mark.parametrize(
    ("first", "last", "rows"),
    [(0, 1, [0]), (0, 15, [0, 1]), (14, 38, [1]), (15, 39, [1, 2]), (-50, 0, []), (-50, 500, [0, 1, 2]), (42, 99, [2])],
)
def test_rows_between(first, last, rows):
    assert list(rows_between([0, 14, 38, 43], first, last)) == rows


def test_no_rows_are_between_anything():
    assert list(rows_between([0], 0, 100)) == []


@pytest.mark.parametrize(
    ("top", "bottom", "offset", "expected"),
    [(120, 140, 100, 100), (50, 70, 100, 50), (190, 230, 100, 130), (90, 300, 100, 90), (150, 300, 100, 150)],
)
def test_revealing(top, bottom, offset, expected):
    assert revealing(top, bottom, offset, 100) == expected
