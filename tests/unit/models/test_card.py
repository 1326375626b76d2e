from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE, FileRecord, ModelCard

CARD = ModelCard(
    name="höre",
    kind="whisper-ct2",
    short_context=True,
    multilingual=True,
    languages=("de", "en"),
    n_mels=80,
    licence="MIT",
    origin="somewhere",
    files={"model.bin": FileRecord("0" * 64, 5), "config.json": FileRecord("f" * 64, 7)},
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    CARD.write(tmp_path)
    assert ModelCard.read(tmp_path) == CARD
    assert CARD.size_bytes == 12


def test_unknown_fields_of_the_same_schema_are_ignored(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_text(json.dumps(CARD.to_json() | {"colour": "red"}))
    assert ModelCard.read(tmp_path) == CARD


def test_no_card_is_no_error_of_a_person(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ModelCard.read(tmp_path)


def record(**changes: Any) -> dict[str, Any]:
    return {"files": {"model.bin": {"sha256": "0" * 64, "size": 5} | changes}}


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "1"},
        {"schema": 0},
        {"kind": "llama"},
        {"name": ""},
        {"name": 3},
        {"files": {}},
        {"files": []},
        {"files": {"../model.bin": {"sha256": "0" * 64, "size": 5}}},
        {"files": {"/etc/passwd": {"sha256": "0" * 64, "size": 5}}},
        {"files": {"a\\b": {"sha256": "0" * 64, "size": 5}}},
        {"files": {"C:x": {"sha256": "0" * 64, "size": 5}}},
        {"files": {"..": {"sha256": "0" * 64, "size": 5}}},
        {"files": {"": {"sha256": "0" * 64, "size": 5}}},
        record(size=-1),
        record(size=True),
        record(size=1.5),
        record(sha256="0" * 63),
        record(sha256="F" * 64),
        record(sha256=None),
    ],
    ids=str,
)
def test_damaged_card(tmp_path: Path, changes: dict[str, Any]) -> None:
    (tmp_path / CARD_FILE).write_text(json.dumps(CARD.to_json() | changes))
    with pytest.raises(StarlingError) as caught:
        ModelCard.read(tmp_path)
    assert caught.value.code == "model.bad_card"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe"])
def test_card_that_is_no_table(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CARD_FILE).write_bytes(content)
    with pytest.raises(StarlingError) as caught:
        ModelCard.read(tmp_path)
    assert caught.value.code == "model.bad_card"


def test_newer_card_asks_for_an_update(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_text(json.dumps(CARD.to_json() | {"schema": 2, "kind": "new"}))
    with pytest.raises(StarlingError) as caught:
        ModelCard.read(tmp_path)
    assert (caught.value.code, caught.value.fix) == ("model.newer_card", "Update Starling.")
