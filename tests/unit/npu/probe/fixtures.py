"""Outputs of tools in the formats of their versions."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "data" / "npu"


def fixture(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.is_file())
