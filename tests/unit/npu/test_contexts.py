import os
import subprocess
import sys
import threading

import pytest

from starling.core.errors import StarlingError
from starling.npu import contexts
from starling.npu.contexts import Held, Share, Slots, most_for, share, slot
from starling.npu.report import Finding, Holder, Npu


def test_three_at_a_time_and_counted(tmp_path):
    slots = Slots(tmp_path / "npu")
    taken = [slots.take("stt"), slots.take("tts"), slots.take("stt")]
    taken[1].tell(4242)
    assert sorted(slots.held(), key=lambda held: held.pid)[-1] == Held("tts", os.getpid(), 4242)
    with pytest.raises(StarlingError) as caught:
        slots.take("stt")
    assert caught.value.code == "npu.busy"
    assert "4242" in caught.value.message
    taken[0].release()
    taken[0].release()
    slots.take("tts").release()
    for one in taken[1:]:
        one.release()
    assert slots.held() == []


def test_the_last_place_is_kept_for_recognition(tmp_path):
    slots = Slots(tmp_path, 2)
    first = slots.take("tts")
    with pytest.raises(StarlingError, match="kept for recognition"):
        slots.take("tts")
    stt = slots.take("stt")
    first.release()
    second = slots.take("tts")  # recognition has its own
    second.release()
    stt.release()


def test_one_place_is_recognitions(tmp_path):
    slots = Slots(tmp_path, 1)
    with pytest.raises(StarlingError):
        slots.take("tts")
    slots.take("stt").release()


def test_what_was_taken_when_there_was_more_room_counts(tmp_path):
    """Another program has taken contexts since: the first place is free, and the driver has no room."""
    first, second, third = (Slots(tmp_path, 3).take("stt") for _ in range(3))
    first.release()
    with pytest.raises(StarlingError) as caught:
        Slots(tmp_path, 2).take("stt")
    assert caught.value.code == "npu.busy"
    third.release()
    Slots(tmp_path, 2).take("stt").release()
    second.release()


def test_a_full_npu_says_who_fills_it(tmp_path):
    with pytest.raises(StarlingError, match="Other programs"):
        Slots(tmp_path, 0).take("stt")


TAKE_AND_DIE = """
import os, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from starling.npu.contexts import Slots
slot = Slots(Path(sys.argv[1])).take("stt")
print("taken", flush=True)
sys.stdin.read()
os._exit(9)
"""


def test_a_slot_dies_with_its_process(tmp_path):
    app = os.path.dirname(os.path.dirname(os.path.dirname(contexts.__file__)))
    child = subprocess.Popen(
        [sys.executable, "-c", TAKE_AND_DIE, str(tmp_path), app],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout.readline() == "taken\n"
        slots = Slots(tmp_path)
        assert [(held.family, held.owner) for held in slots.held()] == [("stt", child.pid)]
        child.kill()
        child.wait(10)
        assert slots.held() == []
    finally:
        child.kill()
        child.communicate()


def test_many_threads_never_take_too_many(tmp_path):
    taken, refused = [], []

    def work():
        try:
            taken.append(Slots(tmp_path).take("stt"))
        except StarlingError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), refused) == (3, ["npu.busy"] * 9)
    for one in taken:
        one.release()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"family": 3}', '{"family": "stt", "owner": "x", "pid": 1}', "[" * 9])
def test_a_note_that_is_none(tmp_path, note):
    with slot(tmp_path, "stt"):
        (tmp_path / "slot-0.json").write_text(note)
        assert Slots(tmp_path).held() == [Held("", 0, 0)]


def test_a_file_in_the_folders_place(tmp_path):
    (tmp_path / "npu").write_text("")
    for use in (lambda: Slots(tmp_path / "npu").take("stt"), lambda: Slots(tmp_path / "npu").held()):
        with pytest.raises(StarlingError) as caught:
            use()
        assert caught.value.code == "npu.no_slots"


FLM, OURS = Holder(10, "flm", 4, "ioctl"), Holder(20, "python3", 1, "ioctl")
UNKNOWN = Holder(30, "", 0, "/proc")


@pytest.mark.parametrize(
    ("generation", "holders", "most"),
    [
        ("XDNA1", (), 3),
        ("XDNA1", (FLM,), 2),
        ("XDNA1", (FLM, OURS), 2),
        ("XDNA1", (FLM, UNKNOWN), 1),
        ("XDNA1", (FLM, FLM), 0),
        ("XDNA2", (FLM, FLM), 3),
        ("AIE4", (FLM,), 3),
        ("", (), 3),
    ],
)
def test_what_the_driver_has_room_for(generation, holders, most):
    assert most_for(Npu(True, generation=generation, holders=holders), {20}) == most


@pytest.mark.parametrize(
    ("told", "most"), [("8", 3), ("5", 1), ("4", 0), ("0", 2), ("", 2), ("many", 2), ("-1", 2), ("²", 2)]
)
def test_the_drivers_own_number_counts_first(told, most):
    findings = (Finding("contexts at most", told, "ioctl"),)
    assert most_for(Npu(True, generation="XDNA1", holders=(FLM,), findings=findings)) == most


def test_shares():
    assert share((FLM, OURS, UNKNOWN), {20}) == Share(1, 5)
    assert share((), ()) == Share(0, 0)
