import json

import pytest

from starling.npu.vitisai.assignment import placement, read
from starling.npu.vitisai.options import PROVIDER
from tests.helpers.vitisai import report

BOTH = (PROVIDER, "CPUExecutionProvider")


@pytest.mark.parametrize(
    ("text", "device"),
    [
        (report(225), "npu"),
        (report(225, own_cpu=2), "npu"),
        (report(225, cpu=3), "npu"),
        (report(225, running=1), "npu"),
        (report(225).replace("NPU", "VAIML"), "npu"),
        (report(400, cpu=2).replace('"NPU"', '"DPU"'), "npu"),
        (report(225, cpu=20, left=("MatMul",)), "unknown"),
        (report(225, cpu=20, left=("FusedMatMul", "Add")), "unknown"),
        (report(100, cpu=125), "cpu"),
        (report(0, cpu=123, own_cpu=272), "cpu"),
        (report(12, cpu=445, own_cpu=1069), "cpu"),
        (report(225, running=0), "cpu"),
    ],
)
def test_where_the_nodes_are(text, device):
    found = placement(BOTH, PROVIDER, read(text), "vitisai_ep_report.json")
    assert found.device == device
    assert any("nodes by device" in line for line in found.evidence)


def test_a_listed_provider_is_no_evidence():
    assert placement(BOTH, PROVIDER, None, "the provider wrote no report").device == "unknown"


def test_a_session_without_the_provider_fell_back_whatever_a_report_says():
    found = placement(("CPUExecutionProvider",), PROVIDER, read(report(225)), "")
    assert found.device == "cpu"
    assert "fell back" in found.evidence[0]


def test_the_numbers_are_shown():
    found = placement(BOTH, PROVIDER, read(report(225, cpu=3, running=1)), "the report")
    assert "NPU 225" in found.evidence[1]
    assert "CPU 3" in found.evidence[1]
    assert found.evidence[2] == "subgraphs running on the NPU: 1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"deviceStat"',
        "{}",
        '{"deviceStat": 5}',
        '{"deviceStat": []}',
        '{"deviceStat": [{"name": "all", "nodeNum": 5}]}',
        '{"deviceStat": [{"name": "NPU"}]}',
        '{"deviceStat": [{"name": "NPU", "nodeNum": "many"}]}',
        '{"deviceStat": [{"name": "NPU", "nodeNum": true}]}',
        '{"deviceStat": [{"name": "NPU", "nodeNum": -1}]}',
        '{"deviceStat": [{"name": "NPU", "nodeNum": NaN}]}',
        '{"deviceStat": ["NPU"]}',
        '{"deviceStat": [null]}',
        "[" * 100_000,
        report(225)[:60],
        json.dumps({"deviceStat": [{"name": "NPU", "nodeNum": 1}] * 1000}),
        "<html>",
    ],
)
def test_what_is_no_report(text):
    assert read(text) is None


@pytest.mark.parametrize("subgraphs", [5, "x", [5], [{}], [{"a": "Actually running on NPU"}], {"NPU": 1}, None])
def test_subgraphs_in_another_form_tell_nothing(subgraphs):
    data = json.loads(report(225)) | {"subgraphStat": subgraphs}
    assert read(json.dumps(data)).running is None


def _with_operators(operators):
    data = json.loads(report(225, cpu=1))
    data["deviceStat"][1]["supportedOpType"] = operators
    return json.dumps(data)


def test_operators_that_are_no_words_are_none():
    assert read(_with_operators([None, 5, {}])).left == ()


@pytest.mark.parametrize("operators", [5, None, "MatMul", {}])
def test_a_cpu_whose_operators_are_not_told_may_do_the_work(operators):
    found = placement(BOTH, PROVIDER, read(_with_operators(operators)), "the report")
    assert found.device == "unknown"
    assert "operators that are not told" in found.evidence[-1]


def test_nodes_that_no_device_is_told_for_are_not_the_npus():
    text = json.dumps({"deviceStat": [{"name": "all", "nodeNum": 2000}, {"name": "NPU", "nodeNum": 225}]})
    assert placement(BOTH, PROVIDER, read(text), "the report").device == "cpu"


def test_names_of_devices_can_be_shown():
    text = json.dumps({"deviceStat": [{"name": "NPU", "nodeNum": 9}, {"name": "\x1b[2J\ud800x", "nodeNum": 0}]})
    assert all(line.isprintable() for line in placement(BOTH, PROVIDER, read(text), "the report").evidence)
