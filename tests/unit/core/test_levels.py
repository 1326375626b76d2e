from __future__ import annotations

import numpy as np
import pytest

from starling.core.levels import FLOOR_DBFS, level


@pytest.mark.parametrize(
    ("samples", "rms", "peak"),
    [
        (np.ones(512), 0.0, 0.0),
        (np.full(512, -0.1), -20.0, -20.0),
        (np.r_[0.5, np.zeros(3)], 20 * np.log10(0.25), 20 * np.log10(0.5)),
        (np.sin(2 * np.pi * np.arange(1600) / 16), -3.0103, 0.0),
        (np.zeros(512), FLOOR_DBFS, FLOOR_DBFS),
        (np.full(512, 1e-9), FLOOR_DBFS, FLOOR_DBFS),
        (np.zeros(0), FLOOR_DBFS, FLOOR_DBFS),
    ],
)
def test_level(samples: np.ndarray, rms: float, peak: float) -> None:
    measured = level(samples.astype(np.float32))
    assert measured.rms_dbfs == pytest.approx(rms, abs=1e-3)
    assert measured.peak_dbfs == pytest.approx(peak, abs=1e-3)
