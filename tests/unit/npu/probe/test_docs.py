import re
from dataclasses import fields
from pathlib import Path

from starling.npu import probe
from starling.npu.report import Npu

DOCS = (Path(__file__).resolve().parents[4] / "docs" / "npu.md").read_text(encoding="utf-8")


def codes(folder):
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    return set(re.findall(r'"(npu\.[a-z_]+)"', sources))


def test_every_code_of_a_fault_is_in_the_docs_and_no_other():
    here = Path(probe.__file__).parent
    rows = "".join(line.split("|")[1] for line in DOCS.splitlines() if line.startswith("| `"))
    told = set(re.findall(r"`(npu\.[a-z_]+)`", rows))
    assert codes(here) | {"npu.flm_generation", "npu.vitisai_generation"} <= told
    assert told <= codes(here.parent) | {"npu.flm_generation", "npu.vitisai_generation"}


def test_every_field_is_in_the_docs():
    assert [field.name for field in fields(Npu) if f"`{field.name}" not in DOCS] == []
