"""Every text has a cause and a fix; over our fixtures, and over real captures where they are."""

import tomllib
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.npu.xrt.errors import CAUSES, explain, told
from tests.helpers.shared import shared

CASES = tomllib.loads((Path(__file__).parents[3] / "data" / "npu" / "xrt_errors.toml").read_text("utf-8"))["case"]


def code_of(error: BaseException) -> str:
    return error.code if isinstance(error, StarlingError) else "memory"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
@pytest.mark.parametrize("kind", [RuntimeError, OSError])
def test_a_text_is_told_with_its_cause(case: dict[str, str], kind: type[Exception]) -> None:
    with pytest.raises((StarlingError, MemoryError)) as caught, told():
        raise kind(case["text"])
    assert code_of(caught.value) == case["code"]
    if isinstance(caught.value, StarlingError):
        assert caught.value.message.endswith((".", ".)", ")"))
        assert caught.value.fix


def test_every_cause_has_a_case() -> None:
    assert {cause.code for cause in CAUSES} <= {case["code"] for case in CASES}


@pytest.mark.parametrize(
    ("capture", "code"),
    [
        ("xrt_error_hwctx_limit.txt", "npu.context_limit"),
        ("flm_error_asr_hwctx.txt", "npu.context_limit"),
        ("xrt_smi_error_memlock_xrt2.21_krackan.txt", "npu.memlock"),
        ("xrt_smi_error_configure_permission_old.txt", "npu.permission"),
        ("xrt_smi_error_configure_permission_xrt2.21.75.txt", "npu.permission"),
    ],
)
def test_real_captures(capture: str, code: str) -> None:
    assert explain(shared("reference", "npu-captures", capture).read_text("utf-8")).code == code


def test_a_long_text_is_cut_to_a_line() -> None:
    told_of = explain("No such device with index '0'" + "x" * 1000 + "\nXRT build version: 2.21")
    assert len(told_of.message) < 300
    assert "\n" not in told_of.message


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(TypeError), told():
        raise TypeError("incompatible function arguments")


def test_a_drivers_text_can_be_shown() -> None:
    message = explain("\x1b[31mstrange\x1b[0m \ud800error\x07\nmore").message
    assert message == "The NPU's driver failed: strange error."
