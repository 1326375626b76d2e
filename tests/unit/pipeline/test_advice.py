import pytest

from starling.pipeline.advice import DISK_RESERVE, LONGEST_WAIT_S, PROCESS_BYTES, STARTER_WEIGHTS, advise, expected_s
from starling.pipeline.shown_models import MachineShown, Measurement, ModelShown

FAST = Measurement(4.8, 0.05, full_s=0.2)
ROOMY = MachineShown(available_bytes=64 << 30, free_bytes=100 << 30)


def model(name, times, **more):
    """So many times the starter's weights."""
    facts = dict(
        kind="whisper-ct2", installed=False, size_bytes=100 << 20, languages=("en",),
        memory_bytes=PROCESS_BYTES + times * STARTER_WEIGHTS,
    )  # fmt: skip
    return ModelShown(name, name, **(facts | more))


SMALL, MIDDLE = model("small", 2), model("middle", 4)
SHORT = model("short", 10, short_context=True)
LARGE = model("large", 1000)


@pytest.mark.parametrize(
    ("models", "starter", "machine", "name", "rule"),
    [
        ([], FAST, ROOMY, "", "none"),
        ([SMALL, MIDDLE, LARGE], FAST, ROOMY, "middle", "largest"),
        ([SMALL, MIDDLE, SHORT], FAST, ROOMY, "short", "largest"),  # more weights in a shorter context
        ([SMALL, MIDDLE], Measurement(4.8, 0.3, full_s=2.0), ROOMY, "small", "fastest"),
        ([SMALL, MIDDLE], None, ROOMY, "", "unmeasured"),
        ([SMALL, SHORT], Measurement(4.8, 0.05), ROOMY, "short", "largest"),  # what is not measured is not guessed
        ([MIDDLE], FAST, MachineShown(free_bytes=DISK_RESERVE), "", "none"),
        ([MIDDLE], FAST, MachineShown(available_bytes=1 << 20), "", "none"),
        ([MIDDLE], FAST, MachineShown(), "middle", "largest"),  # what is unknown forbids nothing
        ([model("x", 4, unavailable="no")], FAST, ROOMY, "", "none"),
        ([model("x", 4, fault={"message": "broken"})], FAST, ROOMY, "", "none"),
        ([model("x", 4, starter=True)], FAST, ROOMY, "", "none"),
        ([model("x", 4, kind="kokoro")], FAST, ROOMY, "", "none"),
        ([model("x", 4, kind="whisper-onnx-npu")], FAST, ROOMY, "", "none"),
        ([model("x", 4, languages=("de",))], FAST, ROOMY, "", "none"),
    ],
)
def test_the_largest_that_is_quick_enough_and_fits_is_recommended(models, starter, machine, name, rule):
    advice = advise(models, starter, machine)
    assert (advice.name, advice.rule) == (name, rule)
    assert (advice.chosen is not None) is bool(name)


@pytest.mark.parametrize(("language", "name"), [("en", "base.en"), ("de", "base")])
def test_of_two_of_one_size_the_one_for_the_language_is_taken(language, name):
    models = [model("base", 4, languages=("de", "en")), model("base.en", 4)]
    assert advise(models, FAST, ROOMY, language).name == name


def test_what_was_measured_itself_replaces_the_estimate():
    slow = model("middle", 4, installed=True, measured=Measurement(4.8, LONGEST_WAIT_S + 0.1))
    assert expected_s(MIDDLE, FAST) == pytest.approx(0.8)
    assert advise([SMALL, slow], FAST, ROOMY).name == "small"
    quick = model("large", 1000, installed=True, measured=Measurement(4.8, LONGEST_WAIT_S))
    advice = advise([SMALL, quick], FAST, ROOMY)
    assert advice.name == "large"
    assert advice.chosen.measured


def test_an_installed_model_needs_no_room_on_the_disk():
    full = MachineShown(free_bytes=0)
    assert advise([model("x", 4, installed=True)], FAST, full).name == "x"
    assert advise([MIDDLE], FAST, full).estimates[0].verdict == "disk"


def test_every_model_has_its_reason():
    estimates = advise([SMALL, LARGE, model("de", 3, languages=("de",))], FAST, ROOMY).estimates
    assert {each.name: each.verdict for each in estimates} == {"small": "fits", "large": "slow", "de": "language"}
