import pytest

from starling.pipeline import machine

MEMINFO = "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\nHugePages_Total:       0\nrubbish\n"


def test_memory_is_read_in_bytes():
    assert machine.memory_of(MEMINFO) == {"MemTotal": 16_384_000_000, "MemAvailable": 8_192_000_000}
    assert machine.memory_of("") == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [("processor : 0\nmodel name\t: AMD  Ryzen 7\n", "AMD Ryzen 7"), ("processor: 0\n", ""), ("", "")],
)
def test_the_processor_has_a_name_or_none(text, name):
    assert machine.processor_of(text) == name


def test_the_machine_is_read_below_another_root(tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text(MEMINFO)
    shown = machine.look(tmp_path)
    assert shown.memory_bytes == 16_384_000_000
    assert shown.free_bytes > 0
    assert shown.processor == ""


def test_free_room_is_that_of_the_nearest_folder_that_is_there(tmp_path):
    assert machine.free_bytes(tmp_path / "a" / "b") > 0
