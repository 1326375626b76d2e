import os
import stat

import pytest

from starling.dictation.insertion.memory import ANYWHERE, FORGET_S, MOST, Failure, Memory, failed_ways, with_failure

FAILURE = Failure("xterm", "xtest", 100.0, "insert.x", "It failed.")


@pytest.mark.parametrize(
    ("application", "now", "expected"),
    [
        ("xterm", 100.0, {"xtest"}),
        ("xterm", 100.0 + FORGET_S - 1, {"xtest"}),
        ("xterm", 100.0 + FORGET_S, set()),
        ("xterm", 50.0, set()),  # the clock was set back: nobody knows how old it is
        ("gedit", 100.0, set()),
    ],
)
def test_what_is_avoided_where(application, now, expected) -> None:
    assert failed_ways((FAILURE,), application, now) == expected


def test_the_desktops_own_failures_count_everywhere() -> None:
    assert failed_ways((Failure(ANYWHERE, "portal", 0, "c", "r"),), "gedit", 1) == {"portal"}


def test_one_for_each_application_and_way_the_newest_are_kept() -> None:
    failures = with_failure((FAILURE,), Failure("xterm", "xtest", 200.0, "c", "r"))
    assert [failure.at for failure in failures] == [200.0]
    for number in range(MOST + 5):
        failures = with_failure(failures, Failure(str(number), "xtest", number, "c", "r"))
    assert len(failures) == MOST
    assert failures[-1].application == str(MOST + 4)


def test_it_is_on_disk_for_the_user_alone(tmp_path) -> None:
    path = tmp_path / "insertion" / "failures.json"
    Memory(path, lambda: 10.0).remember("xterm", "xtest", "insert.x", "It failed.")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    again = Memory(path, lambda: 20.0)
    assert again.failed("xterm") == {"xtest"}
    assert again.failures == (Failure("xterm", "xtest", 10.0, "insert.x", "It failed."),)
    again.worked("xterm", "xtest")
    assert Memory(path, lambda: 30.0).failures == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"3", b"[1, null, {}]", b'[{"application": 1}]', b"\xff\xfe", b"[" * 100_000,
     b'[{"application": "a", "way": "b", "at": true, "code": "", "reason": ""}]'],
)  # fmt: skip
def test_a_damaged_file_is_an_empty_one(tmp_path, content) -> None:
    path = tmp_path / "failures.json"
    path.write_bytes(content)
    memory = Memory(path, lambda: 0.0)
    assert memory.failures == ()
    memory.remember("a", "b", "c", "d")
    assert len(Memory(path, lambda: 0.0).failures) == 1


def test_a_folder_that_cannot_be_written(tmp_path) -> None:
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "failures.json", lambda: 0.0)
    memory.remember("a", "b", "c", "d")
    assert memory.failed("a") == {"b"}


def test_private_keeps_nothing() -> None:
    memory = Memory(None, lambda: 0.0)
    memory.remember("a", "b", "c", "d")
    assert memory.failed("a") == {"b"}
    memory.forget()
    assert memory.failed("a") == frozenset()


def test_what_failed_in_private_mode_is_never_on_disk(tmp_path) -> None:
    path = tmp_path / "failures.json"
    memory = Memory(path, lambda: 10.0)
    memory.remember("keepassxc", "xtest", "c", "r", keep=False)
    memory.remember("gedit", "xtest", "c", "r")
    assert memory.failed("keepassxc") == {"xtest"}
    assert "keepassxc" not in path.read_text()
    memory.worked("gedit", "xtest", keep=False)
    assert memory.failed("gedit") == set()
    assert [failure.application for failure in Memory(path, lambda: 10.0).failures] == ["gedit"]


def test_what_another_one_forgets_or_learns_counts_at_once(tmp_path) -> None:
    path = tmp_path / "failures.json"
    one, other = Memory(path, lambda: 10.0), Memory(path, lambda: 10.0)
    one.remember("gedit", "xtest", "c", "r")
    assert other.failed("gedit") == {"xtest"}
    other.remember("xterm", "paste", "c", "r")
    assert [failure.application for failure in one.failures] == ["gedit", "xterm"]
    other.forget()
    assert one.failures == ()
