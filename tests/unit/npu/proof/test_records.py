import json
from dataclasses import replace

import pytest

from starling.core.errors import StarlingError
from starling.npu.proof import records
from starling.npu.proof.machine import machine_name
from starling.npu.proof.records import ProofKey, ProofRecord, Records
from starling.npu.proof.rules import Check
from starling.npu.sysroot import Sysroot

KEY = ProofKey("stt", "advanced", "xrt", "small", "abc", (("driver", "0.6"), ("kernel", "6.14")), "0.1", "m1")
RECORD = ProofRecord(
    KEY,
    "legacy:small",
    "npu",
    ("uuid 1",),
    "",
    (Check("encoder cosine", 0.9996, 0.999),),
    (0.5, 0.6),
    (1.0, 1.1),
    4.0,
    1.7e9,
)


def test_a_record_is_found_by_the_next_run(tmp_path):
    Records(tmp_path / "data").keep(RECORD)
    assert Records(tmp_path / "data").of(KEY) == RECORD


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"machine": "m2"}, "the machine"),
        ({"starling": "0.2"}, "Starling 0.1 → 0.2"),
        ({"model_hash": "abd"}, "the model's files"),
        ({"versions": (("driver", "0.7"), ("kernel", "6.14"))}, "driver 0.6 → 0.7"),
        ({"versions": (("driver", "0.6"),)}, "kernel 6.14 → ?"),
        ({"model": "base"}, ""),
        ({"provider": "server"}, ""),
    ],
)
def test_another_machine_version_or_model_has_no_proof(tmp_path, change, told):
    kept = Records(tmp_path)
    kept.keep(RECORD)
    other = replace(KEY, **change)
    assert kept.of(other) is None
    assert kept.outdated(other) == told


@pytest.mark.parametrize(
    ("record", "machine", "starling", "family", "any_valid"),
    [
        (RECORD, "m1", "0.1", "stt", True),
        (RECORD, "m2", "0.1", "stt", False),
        (RECORD, "m1", "0.2", "stt", False),
        (RECORD, "m1", "0.1", "tts", False),
        (replace(RECORD, invalid="it heard nothing"), "m1", "0.1", "stt", False),
        (replace(RECORD, device="emulated"), "m1", "0.1", "stt", False),
    ],
)
def test_whether_a_closer_look_is_worth_its_time(tmp_path, record, machine, starling, family, any_valid):
    kept = Records(tmp_path)
    kept.keep(record)
    assert kept.any_valid(machine, starling, family) is any_valid


def test_verdicts_follow_the_preference():
    slow = replace(RECORD, candidate_s=(1.5,))
    assert not slow.verdict("fastest").taken
    assert slow.verdict("low_power").taken
    assert RECORD.verdict("fastest").clause == "48 % faster"
    assert RECORD.figure.value == 0.9996


def test_two_processes_keep_one_anothers_proofs(tmp_path):
    one, two = Records(tmp_path), Records(tmp_path)
    other = replace(RECORD, key=replace(KEY, provider="vitisai"))
    one.keep(RECORD)
    two.keep(other)
    one.load()
    assert {record.key.provider for record in one.all()} == {"xrt", "vitisai"}


def test_the_newest_proof_replaces_the_one_before(tmp_path):
    kept = Records(tmp_path)
    kept.keep(RECORD)
    kept.keep(replace(RECORD, at=2e9))
    assert [record.at for record in kept.all()] == [2e9]


def test_old_proofs_go_when_there_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", 3)
    kept = Records(tmp_path)
    for number in range(5):
        kept.keep(replace(RECORD, key=replace(KEY, model=str(number))))
    assert [record.key.model for record in Records(tmp_path).all()] == ["2", "3", "4"]


def _with(change):
    data = json.loads(json.dumps({"format": 1, "records": [RECORD.to_json()]}))
    change(data)
    return json.dumps(data)


BROKEN = {
    "empty": "",
    "garbage": "\x00\xff{",
    "half": '{"format": 1, "records": [{"key"',
    "a list": "[]",
    "null": "null",
    "another format": '{"format": 2, "records": []}',
    "no key": _with(lambda data: data["records"][0].pop("key")),
    "a number for a key": _with(lambda data: data["records"][0].update(key=3)),
    "texts for numbers": _with(lambda data: data["records"][0].update(candidate_s=["fast"])),
    "versions of one": _with(lambda data: data["records"][0]["key"].update(versions=[["driver"]])),
    "a word for a bool": _with(lambda data: data["records"][0]["checks"][0].update(at_least="no")),
    "very deep": "[" * 200_000,
    "a number beyond all": _with(lambda data: data["records"][0].update(audio_s=10**400)),
    "a time beyond all": _with(lambda data: data["records"][0].update(at=1e300)),
    "a time that is none": _with(lambda data: data["records"][0].update(at=float("nan"))),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_damaged_file_is_set_aside_and_told(tmp_path, case):
    (tmp_path / records.FILE_NAME).write_text(BROKEN[case], encoding="utf-8")
    kept = Records(tmp_path)
    assert kept.all() == []
    assert kept.trouble.code == "proof.damaged"
    assert (tmp_path / "proofs.json.damaged").read_text(encoding="utf-8") == BROKEN[case]
    kept.keep(RECORD)
    again = Records(tmp_path)
    assert again.of(KEY) == RECORD
    assert again.trouble is None


def test_an_endless_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "READ_LIMIT", 100)
    Records(tmp_path).keep(RECORD)
    assert Records(tmp_path).trouble.code == "proof.damaged"


def test_nan_survives_the_file_and_is_never_taken(tmp_path):
    Records(tmp_path).keep(replace(RECORD, candidate_s=(float("nan"),)))
    (found,) = Records(tmp_path).all()
    assert not found.verdict("low_power").taken


def test_a_folder_in_the_way_is_told(tmp_path):
    (tmp_path / records.FILE_NAME).mkdir()
    kept = Records(tmp_path)
    assert kept.trouble.code == "proof.unreadable"
    with pytest.raises(StarlingError) as caught:
        kept.keep(RECORD)
    assert caught.value.code == "proof.unwritable"
    assert kept.of(KEY) == RECORD
    assert [path.name for path in tmp_path.iterdir()] == [records.FILE_NAME]


def machine(tmp_path, name, number, processor):
    root = tmp_path / name
    (root / "etc").mkdir(parents=True)
    (root / "proc").mkdir()
    (root / "etc" / "machine-id").write_text(number + "\n")
    (root / "proc" / "cpuinfo").write_text(f"processor : 0\nmodel name : {processor}\ncpu MHz : 400\n\nprocessor : 1\n")
    return machine_name(Sysroot(root))


def test_a_machine_is_its_number_and_its_processor(tmp_path):
    one = machine(tmp_path, "one", "aa", "Ryzen")
    assert one == machine(tmp_path, "same", "aa", "Ryzen")
    assert one != machine(tmp_path, "another", "ab", "Ryzen")
    assert one != machine(tmp_path, "moved disk", "aa", "Ryzen 2")
    assert "aa" not in (one, one[:2])
    assert len(machine_name(Sysroot(tmp_path / "nothing there"))) == 16
