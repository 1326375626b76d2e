import numpy as np
import pytest

from starling.audio.gain import KNEE, amplified

SWEEP = np.linspace(-1, 1, 2001, dtype=np.float32)


def test_the_voice_s_own_volume_is_untouched() -> None:
    assert amplified(SWEEP, 1.0) is SWEEP


@pytest.mark.parametrize("gain", [0.0, 0.1, 0.5])
def test_quieter_is_a_factor(gain: float) -> None:
    np.testing.assert_allclose(amplified(SWEEP, gain), SWEEP * gain, rtol=1e-6)


@pytest.mark.parametrize("gain", [1.05, 1.5, 2.0, 100.0])
def test_louder_is_never_clipped_and_keeps_its_order(gain: float) -> None:
    louder = amplified(SWEEP, gain)
    assert louder.dtype == np.float32
    assert np.abs(louder).max() <= 1.0
    assert (np.diff(louder) >= 0).all()
    np.testing.assert_allclose(louder, -louder[::-1], atol=1e-6)
    quiet = np.abs(SWEEP * gain) <= KNEE
    np.testing.assert_allclose(louder[quiet], SWEEP[quiet] * gain, rtol=1e-6)


def test_the_bend_has_no_step_or_corner() -> None:
    around = np.linspace(KNEE - 0.01, KNEE + 0.01, 201, dtype=np.float32) / 2
    slope = np.diff(amplified(around, 2.0)) / np.diff(around)
    assert slope == pytest.approx(2.0, abs=0.05)


def test_pieces_fit_together() -> None:
    whole = amplified(SWEEP, 1.7)
    np.testing.assert_array_equal(whole, np.concatenate([amplified(SWEEP[:777], 1.7), amplified(SWEEP[777:], 1.7)]))
