import pytest

from starling.speech.stt import context


@pytest.mark.parametrize(
    ("seconds", "short", "frames"),
    [
        (0.0, True, 100),
        (0.1, True, 100),
        (0.3, True, 120),
        (0.5, True, 120),
        (0.51, True, 150),
        (3.0, True, 390),
        (29.4, True, 3000),
        (30.0, True, 3000),
        (0.1, False, 3000),
        (30.0, False, 3000),
    ],
)
def test_frames(seconds: float, short: bool, frames: int) -> None:
    assert context.frames_for(round(seconds * 16_000), short) == frames


@pytest.mark.parametrize("samples", range(0, 480_001, 4_801))
def test_short_context_holds_the_clip_and_its_margin(samples: int) -> None:
    frames = context.frames_for(samples, True)
    assert frames % 2 == 0
    assert frames // 2 not in (80, 128), "as many positions as mel bands"
    assert 100 <= frames <= 3000
    assert frames >= min(3000, samples / 160 + 70)


@pytest.mark.parametrize(
    ("frames", "limit", "cap"), [(100, 224, 28), (450, 224, 70), (3000, 224, 224), (450, 14, 14), (3000, 999, 224)]
)
def test_token_cap(frames: int, limit: int, cap: int) -> None:
    assert context.token_cap(frames, limit) == cap


@pytest.mark.parametrize(("cap", "prompt"), [(28, 2), (28, 227), (224, 4), (224, 227), (14, 14)])
def test_max_length_lets_ctranslate2_write_the_cap_within_448_positions(cap: int, prompt: int) -> None:
    length = context.max_length(cap, prompt)
    assert min(length / 2, length - prompt) == cap
    assert prompt + cap <= 452
