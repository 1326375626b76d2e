import pytest

from starling.remote.ordered import Ordered


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ([("press", 1.0), ("release", 2.0)], ["press", "release"]),
        ([("release", 1.1), ("press", 1.0)], ["release", "press", "release"]),  # a tap whose processes overtook
        ([("press", 1.0), ("release", 2.0), ("press", 3.0)], ["press", "release", "press"]),
        ([("release", 1.1), ("press", 1.0), ("press", 1.05)], ["release", "press", "release", "press"]),
        ([("release", 1.1), ("press", None)], ["release", "press"]),
        ([("release", None), ("press", 1.0)], ["release", "press"]),
        ([("release", 1.1), ("release", 1.3), ("press", 1.2)], ["release", "release", "press", "release"]),
    ],
)
def test_order(arrived, expected) -> None:
    ordered = Ordered()
    assert [edge for name, at in arrived for edge in getattr(ordered, name)(at)] == expected
