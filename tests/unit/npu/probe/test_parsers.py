"""The parsers get every output of every tool, whole, halved, and whatever else there is: none may raise."""

import json
import time
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from starling.npu.probe import access, distro, driver, holders, servers, smi_json, smi_text, windows, xrt
from tests.helpers.shared import shared
from tests.unit.npu.probe.fixtures import fixture, names

PARSERS = (
    smi_text.parse, smi_json.parse, servers.parse_version, servers.parse_validate, windows.parse_pnp,
    windows.driver_version, windows.too_old, holders.parse_fdinfo, driver.parse_log, driver.kernel_version,
    distro.parse_os_release, access.parse_limits, xrt.cpython_of_name,
)  # fmt: skip
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LINES = st.sampled_from(
    [line for name in names() for line in fixture(name).splitlines()]
    + [
        "|PID |",
        "|---|",
        "|=|",
        "||||",
        "[[::.]",
        "Columns: [9999999999999]",
        "|[0000:c6:00.1]",
        ":",
        "PID",
        "\x1b[32m",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KEYS = st.sampled_from(
    ["system", "host", "xrt", "os", "version", "drivers", "devices", "bdf", "platforms", "status", "power_mode",
     "aie_partitions", "partitions", "hw_contexts", "pid", "start_col", "num_cols", "electrical", "ready", "fw_major",
     "power_consumption_watts", "static_region", "total_columns"]
)  # fmt: skip
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=25
)


def plain(value):
    """What a report is made of, so that it goes into JSON."""
    if is_dataclass(value):
        return all(plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple | list):
        return all(map(plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(item) for key, item in value.items())
    return value is None or isinstance(value, str | int | float)


def feed(text):
    for parser in PARSERS:
        assert plain(parser(text)), parser


@pytest.mark.parametrize("name", names())
def test_every_output_whole_and_broken(name):
    text = fixture(name)
    for length in {len(text), *range(0, len(text), 37)}:
        feed(text[:length])
        feed(text[length:])
    feed(text.replace("\n", "\r\n"))
    feed(text.replace(" ", ""))


def test_every_real_capture():
    for path in sorted(shared("reference", "npu-captures").iterdir()):
        text = path.read_text(encoding="utf-8", errors="replace")
        feed(text)
        for length in range(0, len(text), 101):
            feed(text[:length])


CAPTURES = {
    "xrt_smi_examine_npu1_phoenix_xrt2.25.txt": {"xrt_version": "2.25.0", "firmware": "1.5.5.391"},
    "xrt_smi_examine_npu4_strix_xrt2.19_kernel6.11.txt": {"xrt_version": "2.19.0", "firmware": "1.0.0.63"},
    "xrt_smi_examine_npu5_strixhalo_xrt2.23.txt": {"xrt_version": "2.23.0", "firmware": "255.0.11.71"},
    "xrt_smi_examine_all_npu5_xrt2.21.75.txt": {"power_mode": "default", "columns": 8, "contexts": ()},
    "xrt_smi_examine_gorgon1_xrt2.21.75.json": {"xrt_version": "2.21.75", "firmware": "1.1.2.64"},
    "xrt_smi_examine_strix_windows_xrt2.19.json.txt": {"xrt_version": "2.19.0", "firmware": "1.0.7.97"},
    "xrt_smi_examine_strix_linux_xrt2.20_amddoc.txt": {"xrt_version": "2.20.0", "firmware": "255.0.1.5"},
    "xrt_smi_platform_phx_windows.txt": {"power_mode": "turbo"},
    "xrt_smi_platform_strix_windows.txt": {"power_mode": "default", "power_w": 1.277},
    "xrt_smi_platform_windows_2024_performance_mode_key.txt": {"power_mode": "default", "power_w": 1.277},
    "xrt_smi_platform_gorgon1_xrt2.21.75.json": {"power_mode": "default", "columns": 8},
    "xrt_smi_aie_partitions_empty_gorgon1_xrt2.21.75.json": {"contexts": ()},
    "xrt_smi_aie_partitions_npu1_idle_xrt2.25.txt": {"contexts": ()},
    "xrt_smi_examine_no_device_xrt2.20.txt": {"devices": ()},
}
CONTEXTS = {
    "xrt_smi_aie_partitions_gorgon1_xrt2.21.75.json": [144071] * 4,
    "xrt_smi_aie_partitions_npu1_busy_xrt2.25.txt": [3429337],
    "xrt_smi_aie_partitions_npu5_busy_xrt2.21.75.txt": [158772] * 4,
    "xrt_smi_aie_partitions_strix_windows.txt": [20696],
    "xrt_smi_aie_partitions_verbose_strix_windows.txt": [20696],
}


def parse_capture(name):
    text = shared("reference", "npu-captures", name).read_text(encoding="utf-8")
    return (smi_json if "json" in name else smi_text).parse(text)


@pytest.mark.parametrize("name", CAPTURES)
def test_real_captures_say_what_they_say(name):
    told = parse_capture(name)
    assert {key: getattr(told, key) for key in CAPTURES[name]} == CAPTURES[name]


@pytest.mark.parametrize("name", CONTEXTS)
def test_real_captures_of_contexts(name):
    assert [context.pid for context in parse_capture(name).contexts or ()] == CONTEXTS[name]


@QUICK
@given(st.text())
def test_any_text(text):
    feed(text)


@QUICK
@given(st.lists(LINES, max_size=40))
def test_any_lines_in_any_order(lines):
    feed("\n".join(lines))


@QUICK
@given(DOCUMENTS)
def test_any_json(document):
    feed(json.dumps(document))


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, "|" * 1_000_000, ":" * 1_000_000, " " * 1_000_000 + "x",
     "|PID |\n" + "|x |\n" * 100_000, "1" * 100_000, "3." * 100_000, "Columns: " + "[1" * 100_000],
    ids=["arrays", "objects", "bars", "colons", "blanks", "rows", "digits", "dots", "columns"],
)  # fmt: skip
def test_huge_texts_are_quick(text):
    begun = time.monotonic()
    feed(text)
    assert time.monotonic() - begun < 10
