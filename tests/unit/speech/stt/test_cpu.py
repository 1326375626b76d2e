from pathlib import Path

import pytest

from starling.speech.stt import cpu


def topology(root: Path, cores: list[tuple[int, int]]) -> None:
    for number, (package, core) in enumerate(cores):
        folder = root / f"sys/devices/system/cpu/cpu{number}/topology"
        folder.mkdir(parents=True)
        (folder / "physical_package_id").write_text(f"{package}\n")
        (folder / "core_id").write_text(f"{core}\n")


@pytest.mark.parametrize(
    ("cores", "threads"),
    [
        ([(0, 0)], 1),
        ([(0, 0), (0, 0)], 1),
        ([(0, 0), (0, 1)], 2),
        ([(0, 0), (0, 1), (0, 0), (0, 1)], 2),
        ([(0, 0), (0, 1), (1, 0), (1, 1)], 4),
        ([(0, core) for core in range(8)], 4),
    ],
)
def test_threads_are_physical_cores_four_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: list[tuple[int, int]], threads: int
) -> None:
    topology(tmp_path, cores)
    monkeypatch.setenv("STARLING_SYSROOT", str(tmp_path))
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(len(cores))), raising=False)
    assert cpu.default_threads() == threads


@pytest.mark.parametrize(("cpus", "threads"), [(1, 1), (2, 1), (8, 4), (32, 4)])
def test_without_topology_two_threads_share_a_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cpus: int, threads: int
) -> None:
    monkeypatch.setenv("STARLING_SYSROOT", str(tmp_path))
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cpus)), raising=False)
    assert cpu.default_threads() == threads
