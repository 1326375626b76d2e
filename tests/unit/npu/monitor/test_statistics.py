import math
import random
from statistics import mean, pstdev

import pytest

from starling.npu.monitor.statistics import KEPT, Durations, percentile, table

MS = 1_000_000


def taken(values) -> Durations:
    durations = Durations()
    for value in values:
        durations.add(value)
    return durations


@pytest.mark.parametrize(
    ("values", "least", "most", "average", "deviation", "p95"),
    [
        ([], 0, 0, 0.0, 0.0, 0),
        ([7], 7, 7, 7.0, 0.0, 7),
        ([2, 4], 2, 4, 3.0, 1.0, 4),
        ([2, 4, 4, 4, 5, 5, 7, 9], 2, 9, 5.0, 2.0, 9),
        ([0, 0, 0], 0, 0, 0.0, 0.0, 0),
        (list(range(1, 101)), 1, 100, 50.5, math.sqrt(833.25), 95),
        (list(range(1, 21)), 1, 20, 10.5, math.sqrt(33.25), 19),
        ([10**12 + 1, 10**12 + 3], 10**12 + 1, 10**12 + 3, 10**12 + 2.0, 1.0, 10**12 + 3),
    ],
)
def test_table(values, least, most, average, deviation, p95):
    durations = taken(values)
    assert (durations.count, durations.total_ns) == (len(values), sum(values))
    assert (durations.least_ns, durations.most_ns, durations.p95_ns) == (least, most, p95)
    assert durations.mean_ns == pytest.approx(average)
    assert durations.deviation_ns == pytest.approx(deviation)


def test_a_small_spread_below_a_large_mean_is_not_lost():
    numbers = random.Random(1)
    values = [10**15 + numbers.randrange(1000) for _ in range(5000)]
    durations = taken(values)
    assert durations.deviation_ns == pytest.approx(pstdev(value - 10**15 for value in values), rel=1e-3)
    assert durations.mean_ns == pytest.approx(mean(values), rel=1e-12)


def test_memory_is_bounded_and_the_percentile_follows():
    durations = taken([1] * 10_000 + [9] * KEPT)
    assert len(durations.latest) == KEPT
    assert (durations.count, durations.p95_ns) == (10_000 + KEPT, 9)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.2, 15), (0.3, 20), (0.4, 20), (0.5, 35), (1.0, 50), (0.01, 15), (0.95, 50)]
)
def test_nearest_rank(share, expected):
    assert percentile([50, 15, 35, 20, 40], share) == expected


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1], 0.0), ([1], 1.1), ([1], -1.0)])
def test_no_percentile(values, share):
    with pytest.raises(ValueError, match="no percentile"):
        percentile(values, share)


def test_json_is_in_milliseconds():
    told = taken([2 * MS, 4 * MS]).to_json()
    assert told == {
        "count": 2, "total_ms": 6.0, "mean_ms": 3.0, "min_ms": 2.0, "max_ms": 4.0, "deviation_ms": 1.0, "p95_ms": 4.0,
    }  # fmt: skip


def test_the_longest_stands_first_in_the_table():
    lines = table({"short": taken([MS]).to_json(), "long": taken([5 * MS, 7 * MS]).to_json()})
    assert [line.split()[0] for line in lines] == ["operation", "long", "short"]
    assert lines[1].split()[1:] == ["2", "6.000", "5.000", "7.000", "1.000", "7.000"]
    assert len({len(line) for line in lines}) == 1
    assert len(table({})) == 1
